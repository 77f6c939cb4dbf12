// Command send sends one message and reports its outcome.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	pb "example.com/wxnotify/gen/wxnotify/v1"
	"example.com/wxnotify/notify"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: send HOST:PORT OPEN_ID")
	}
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	client := pb.NewNotificationServiceClient(connection)

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	response, err := client.SendSubscribeMessage(ctx, &pb.SendSubscribeMessageRequest{
		Message: &pb.SubscribeMessage{
			OpenId:     os.Args[2],
			TemplateId: "sandbox-seckill-0123456789abcdefghijklmnopq",
			Page:       "pages/order?id=7",
			Data:       map[string]string{"thing1": "咖啡 😀", "time2": "2026-11-24 20:00", "thing3": "see you"},
		},
		RequestId: "order-7/" + os.Args[2],
	})
	if err == nil {
		fmt.Printf("accepted: message %s, replayed %t\n", response.MessageId, response.Replayed)
		return
	}
	failure := notify.SendErrorOf(err)
	switch failure.GetReason() {
	case pb.SendError_ERROR_REASON_UNSPECIFIED: // No SendError: no server was reached, or it refused the caller.
		log.Fatal(err)
	case pb.SendError_USER_NOT_SUBSCRIBED:
		fmt.Println("the user has to subscribe again")
	case pb.SendError_INVALID_REQUEST, pb.SendError_INVALID_TEMPLATE_DATA:
		for _, field := range failure.FieldViolations {
			fmt.Printf("%s %s\n", field.Field, field.Description)
		}
	case pb.SendError_OUTCOME_UNKNOWN:
		fmt.Println("the user may have received it; repeat the call with the same request id to learn the outcome")
	default:
		fmt.Printf("%s: %s", failure.Reason, failure.Message)
		if failure.RetryAfter != nil {
			fmt.Printf("; retry in %s", failure.RetryAfter.AsDuration())
		}
		fmt.Println()
	}
	os.Exit(1)
}
