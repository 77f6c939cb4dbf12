"""Shows what WeChat reports after a send: receipts, and what users answer to subscription dialogs."""

import sys
import time

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from wxnotify.v1.event_service_pb2 import DeliveryStatus, SubscriptionAnswer, WatchEventsRequest
from wxnotify.v1.event_service_pb2_grpc import EventServiceStub


def main(target, minutes, count):
    request = WatchEventsRequest(since=Timestamp(seconds=int(time.time()) - 60 * minutes))
    with grpc.insecure_channel(target) as channel:
        for event in events(EventServiceStub(channel), request):
            show(event)
            count -= 1
            if count <= 0:
                return


def events(stub, request):
    """Yields events for ever. After a break it goes on behind the last one; one may come twice: at least once is promised."""
    while True:
        try:
            for response in stub.WatchEvents(request):
                if response.HasField("event"):
                    yield response.event
                    cursor = response.event.cursor
                else:
                    cursor = response.heartbeat.cursor
                request = WatchEventsRequest(cursor=cursor)  # In real life: kept where the effects of the event are kept.
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE:
                raise
        time.sleep(1)


def show(event):
    if event.HasField("delivery"):
        delivery = event.delivery
        status = DeliveryStatus.Name(delivery.status)
        print(f"{status}: message {delivery.message_id}, request {delivery.request_id}, {delivery.error_status}")
    elif event.HasField("subscription"):
        answer = SubscriptionAnswer.Name(event.subscription.answer)
        print(f"{answer}: user {event.open_id}, template {event.template_id}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: watch.py HOST:PORT MINUTES_AGO COUNT")
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
