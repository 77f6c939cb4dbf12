"""Sends one message and reports its outcome."""

import sys

import grpc

from notify import send_error_of
from wxnotify.v1.error_pb2 import SendError
from wxnotify.v1.message_pb2 import SubscribeMessage
from wxnotify.v1.notification_service_pb2 import SendSubscribeMessageRequest
from wxnotify.v1.notification_service_pb2_grpc import NotificationServiceStub


def main(target, open_id):
    request = SendSubscribeMessageRequest(
        message=SubscribeMessage(
            open_id=open_id,
            template_id="sandbox-seckill-0123456789abcdefghijklmnopq",
            page="pages/order?id=7",
            data={"thing1": "咖啡 😀", "time2": "2026-11-24 20:00", "thing3": "see you"},
        ),
        request_id=f"order-7/{open_id}",
    )
    with grpc.insecure_channel(target) as channel:
        try:
            response = NotificationServiceStub(channel).SendSubscribeMessage(request, timeout=10)
        except grpc.RpcError as error:
            failure = send_error_of(error)
            if failure is None:  # No server was reached, or it refused the caller.
                raise
            explain(failure)
            return 1
    print(f"accepted: message {response.message_id}, replayed {response.replayed}")
    return 0


def explain(failure):
    reason = failure.reason
    if reason == SendError.USER_NOT_SUBSCRIBED:
        print("the user has to subscribe again")
    elif reason in (SendError.INVALID_REQUEST, SendError.INVALID_TEMPLATE_DATA):
        for violation in failure.field_violations:
            print(violation.field, violation.description)
    elif reason == SendError.OUTCOME_UNKNOWN:
        print("the user may have received it; repeat the call with the same request id to learn the outcome")
    else:
        later = f"; retry in {failure.retry_after.ToTimedelta()}" if failure.HasField("retry_after") else ""
        print(f"{SendError.ErrorReason.Name(reason)}: {failure.message}{later}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: send.py HOST:PORT OPEN_ID")
    sys.exit(main(*sys.argv[1:]))
