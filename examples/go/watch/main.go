// Command watch shows what WeChat reports after a send: receipts, and what users answer to subscription dialogs.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	pb "example.com/wxnotify/gen/wxnotify/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: watch HOST:PORT MINUTES_AGO COUNT")
	}
	minutes, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	count, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	client := pb.NewEventServiceClient(connection)
	since := time.Now().Add(-time.Duration(minutes) * time.Minute)
	request := &pb.WatchEventsRequest{Since: timestamppb.New(since)}
	for count > 0 {
		count, err = watch(ctx, client, request, count)
		if err != nil {
			if status.Code(err) != codes.Unavailable {
				log.Fatal(err)
			}
			time.Sleep(time.Second) // The request has the last cursor: the next stream goes on there.
		}
	}
}

// watch shows events until there were enough or the stream breaks, and keeps the cursor in the request.
func watch(ctx context.Context, client pb.EventServiceClient, request *pb.WatchEventsRequest, count int) (int, error) {
	stream, err := client.WatchEvents(ctx, request)
	if err != nil {
		return count, err
	}
	for count > 0 {
		response, err := stream.Recv()
		if err != nil {
			return count, err
		}
		cursor := response.GetHeartbeat().GetCursor()
		if event := response.GetEvent(); event != nil {
			show(event) // It may come twice after a break: at least once is promised.
			count--
			cursor = event.Cursor
		}
		request.Cursor, request.Since = cursor, nil // In real life: kept where the effects of the event are kept.
	}
	return 0, nil
}

func show(event *pb.Event) {
	if delivery := event.GetDelivery(); delivery != nil {
		fmt.Printf("%s: message %s, request %s, %s\n", delivery.Status, delivery.MessageId, delivery.RequestId, delivery.ErrorStatus)
	}
	if subscription := event.GetSubscription(); subscription != nil {
		fmt.Printf("%s: user %s, template %s\n", subscription.Answer, event.OpenId, event.TemplateId)
	}
}
