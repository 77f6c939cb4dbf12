"""Sends a campaign. Stop it and start it again: what is done is replayed, the rest is sent."""

import sys
from collections import Counter

import grpc

from notify import send_all
from wxnotify.v1.error_pb2 import OUTCOME_ACCEPTED, OUTCOME_NOT_SENT, OUTCOME_REJECTED, OUTCOME_UNKNOWN, SendError
from wxnotify.v1.message_pb2 import SeckillMessage
from wxnotify.v1.notification_service_pb2 import BatchSendRequest
from wxnotify.v1.notification_service_pb2_grpc import NotificationServiceStub


def items(campaign, count):
    """In real life: rows of a database, as they are read."""
    for i in range(count):
        yield BatchSendRequest(
            seckill_message=SeckillMessage(
                open_id=f"user-{i}", goods_name="Coffee", time="2026-11-24 20:00", corp_id="1", customer_id="2"
            ),
            request_id=f"{campaign}/{i}",
        )


def main(target, campaign, count):
    outcomes = Counter()

    def done(result):
        outcomes[result.outcome] += 1
        outcomes["replayed"] += result.replayed
        if result.HasField("error"):
            reason = SendError.ErrorReason.Name(result.error.reason)
            print(f"{result.request_id}: {reason}: {result.error.message}", file=sys.stderr)

    with grpc.insecure_channel(target) as channel:
        send_all(NotificationServiceStub(channel), items(campaign, int(count)), done)
    print(
        f"accepted {outcomes[OUTCOME_ACCEPTED]}, rejected {outcomes[OUTCOME_REJECTED]},"
        f" not sent {outcomes[OUTCOME_NOT_SENT]}, unknown {outcomes[OUTCOME_UNKNOWN]};"
        f" replayed {outcomes['replayed']}"
    )


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: batch.py HOST:PORT CAMPAIGN COUNT")
    main(*sys.argv[1:])
