// Command batch sends a campaign. Stop it and start it again: what is done is replayed, the rest is sent.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"

	pb "example.com/wxnotify/gen/wxnotify/v1"
	"example.com/wxnotify/notify"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: batch HOST:PORT CAMPAIGN COUNT")
	}
	campaign := os.Args[2]
	count, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()

	items := func(yield func(*pb.BatchSendRequest) bool) { // In real life: rows of a database, as they are read.
		for i := range count {
			message := &pb.SeckillMessage{
				OpenId: fmt.Sprintf("user-%d", i), GoodsName: "Coffee", Time: "2026-11-24 20:00", CorpId: "1", CustomerId: "2",
			}
			if !yield(&pb.BatchSendRequest{
				Message:   &pb.BatchSendRequest_SeckillMessage{SeckillMessage: message},
				RequestId: fmt.Sprintf("%s/%d", campaign, i),
			}) {
				return
			}
		}
	}
	outcomes := map[pb.Outcome]int{}
	replayed := 0
	err = notify.SendAll(context.Background(), pb.NewNotificationServiceClient(connection), items,
		func(result *pb.BatchItemResult) {
			outcomes[result.Outcome]++
			if result.Replayed {
				replayed++
			}
			if result.Error != nil {
				log.Printf("%s: %s: %s", result.RequestId, result.Error.Reason, result.Error.Message)
			}
		})
	fmt.Printf("accepted %d, rejected %d, not sent %d, unknown %d; replayed %d\n",
		outcomes[pb.Outcome_OUTCOME_ACCEPTED], outcomes[pb.Outcome_OUTCOME_REJECTED],
		outcomes[pb.Outcome_OUTCOME_NOT_SENT], outcomes[pb.Outcome_OUTCOME_UNKNOWN], replayed)
	if err != nil {
		log.Fatal(err)
	}
}
