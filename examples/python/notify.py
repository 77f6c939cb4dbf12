"""What a caller of wxnotify writes around the generated code."""

import threading
import time

import grpc
from grpc_status import rpc_status

from wxnotify.v1.error_pb2 import SendError


def send_error_of(error):
    """Returns why a call failed, or None where the server did not say it: the call never reached one."""
    status = rpc_status.from_call(error)
    for detail in status.details if status else ():
        found = SendError()
        if detail.Unpack(found):
            return found
    return None


def send_all(stub, items, done):
    """Streams all items and calls done once for each result, in the order of completion.

    Every item needs a request_id of its own: when a stream breaks, the items without a result are sent again on a new
    one, and the server replays what it has done already. Items are taken only as fast as the server takes them.
    """
    batch = _Batch(items)
    failures = 0
    while True:
        progress = False
        broken = None
        try:
            for response in stub.BatchSend(batch.requests()):
                if not response.HasField("result"):
                    continue  # The summary.
                result = response.result
                if result.error.reason in (SendError.REQUEST_IN_PROGRESS, SendError.SERVER_STOPPING):
                    continue  # An item of the stream before, for whose outcome we ask again; or one for the next server.
                batch.answered(result)
                progress = True
                done(result)
            if not batch.unanswered:
                return
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE:
                raise
            broken = error
        failures = 0 if progress else failures + 1
        if failures == 10:
            raise RuntimeError("no progress in 10 streams") from broken
        time.sleep(1 + failures)  # A minute in all, in which a server can be replaced.


class _Batch:
    """The items that are sent and have no result, as many as gRPC's windows and the server take; and those to come."""

    def __init__(self, items):
        self._items = iter(items)
        self._lock = threading.Lock()  # gRPC takes the requests in a thread of its own, for each stream.
        self.unanswered = {}

    def requests(self):
        with self._lock:
            again = list(self.unanswered.values())
        yield from again
        while True:
            with self._lock:
                item = next(self._items, None)
                if item is None:
                    return
                self.unanswered[item.request_id] = item
            yield item

    def answered(self, result):
        with self._lock:
            self.unanswered.pop(result.request_id, None)
