// Package notify is what a caller of wxnotify writes around the generated code.
package notify

import (
	pb "example.com/wxnotify/gen/wxnotify/v1"
	"google.golang.org/grpc/status"
)

// SendErrorOf returns why a call failed, or nil where the server did not say it: the call never reached one.
func SendErrorOf(err error) *pb.SendError {
	for _, detail := range status.Convert(err).Details() {
		if e, ok := detail.(*pb.SendError); ok {
			return e
		}
	}
	return nil
}
