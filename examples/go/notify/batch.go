package notify

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync"
	"time"

	pb "example.com/wxnotify/gen/wxnotify/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// SendAll streams all items and calls done once for each, in the order of completion. Every item needs a request_id of
// its own: when a stream breaks, the items without a result are sent again on a new one, and the server replays what it
// has done already. Items are pulled only as fast as the server takes them.
func SendAll(ctx context.Context, client pb.NotificationServiceClient, items iter.Seq[*pb.BatchSendRequest],
	done func(*pb.BatchItemResult)) error {
	next, stop := iter.Pull(items)
	defer stop()
	b := &batch{client: client, next: next, unanswered: map[string]*pb.BatchSendRequest{}, done: done}
	for failures := 0; ; {
		before := b.answered
		err := b.stream(ctx)
		if err == nil && len(b.unanswered) == 0 {
			return nil
		}
		if err != nil && status.Code(err) != codes.Unavailable {
			return err
		}
		if b.answered > before {
			failures = 0
		} else if failures++; failures == 10 {
			return errors.Join(errors.New("no progress in 10 streams"), err)
		}
		select {
		case <-time.After(time.Duration(1+failures) * time.Second): // A minute in all, in which a server can be replaced.
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

type batch struct {
	client   pb.NotificationServiceClient
	next     func() (*pb.BatchSendRequest, bool)
	done     func(*pb.BatchItemResult)
	answered int

	mu         sync.Mutex
	unanswered map[string]*pb.BatchSendRequest // Sent, and without a result: as many as gRPC's windows and the server take.
}

// stream sends what is unanswered, then the rest of the items, and reads until the server ends.
func (b *batch) stream(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := b.client.BatchSend(ctx)
	if err != nil {
		cancel()
		return err
	}
	again := make([]*pb.BatchSendRequest, 0, len(b.unanswered))
	for _, item := range b.unanswered {
		again = append(again, item)
	}
	var sender sync.WaitGroup
	sender.Go(func() { b.send(stream, again) })
	defer sender.Wait()
	defer cancel()
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		result := response.GetResult()
		if result == nil { // The summary.
			continue
		}
		switch result.GetError().GetReason() {
		case pb.SendError_REQUEST_IN_PROGRESS, pb.SendError_SERVER_STOPPING:
			continue // An item of the stream before, for whose outcome we ask again; or one for the next server.
		}
		b.mu.Lock()
		delete(b.unanswered, result.RequestId)
		b.mu.Unlock()
		b.answered++
		b.done(result)
	}
}

func (b *batch) send(stream pb.NotificationService_BatchSendClient, again []*pb.BatchSendRequest) {
	for _, item := range again {
		if stream.Send(item) != nil {
			return // Recv says why.
		}
	}
	for item, ok := b.next(); ok; item, ok = b.next() {
		b.mu.Lock()
		b.unanswered[item.RequestId] = item
		b.mu.Unlock()
		if stream.Send(item) != nil { // Send blocks while the server does not read: this is the back-pressure.
			return
		}
	}
	_ = stream.CloseSend()
}
