"""Runs the cases of conformance/cases.json: see the README there."""

import json
import re
import sys
import time
import urllib.request
import uuid
from collections import Counter

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from notify import send_error_of
from wxnotify.v1 import event_service_pb2, message_service_pb2, subscription_service_pb2  # noqa: F401: for the pool
from wxnotify.v1.error_pb2 import OUTCOME_ACCEPTED, Outcome, SendError
from wxnotify.v1.notification_service_pb2 import (
    BatchSendRequest,
    BatchSummary,
    SendSeckillMessageRequest,
    SendSubscribeMessageRequest,
)
from wxnotify.v1.notification_service_pb2_grpc import NotificationServiceStub
from wxnotify.v1.template_service_pb2 import ListTemplatesRequest
from wxnotify.v1.template_service_pb2_grpc import TemplateServiceStub

CODES = {code.value[0]: code.name for code in grpc.StatusCode}
RID = re.compile("[0-9a-f]{8}(-[0-9a-f]{8}){2}")


class Failed(Exception):
    pass


def expect(condition, *seen):
    if not condition:
        raise Failed(" ".join(str(what) for what in seen))


class Answer:
    """What a message got: by a unary call, or as an item of a batch."""

    def __init__(self, message_id="", replayed=False, failure=None, error=None):
        self.message_id, self.replayed, self.failure, self.error = message_id, replayed, failure, error

    def reason(self):
        return SendError.ErrorReason.Name(self.failure.reason) if self.failure else ""

    def is_ended_by_own_clock(self):
        """A deadline about which the service did not say what it meant for the message."""
        return not self.failure and self.error is not None and self.error.code() == grpc.StatusCode.DEADLINE_EXCEEDED


class Runner:
    def __init__(self, channel, sandbox):
        self.channel, self.sandbox = channel, sandbox
        self.stub = NotificationServiceStub(channel)
        self.message_id = ""
        self.held = []

    def run(self, steps):
        try:
            for step in steps:
                if "http" in step:
                    self.control(step)
                elif "ask" in step:
                    self.ask(step)
                elif "cancel" in step:
                    self.cancel()
                elif "hold" in step:
                    self.hold(step)
                elif step["call"] == "BatchSend":
                    self.batch(step)
                else:
                    self.unary(step)
        finally:
            self.cancel()

    def start(self, step, n=0):
        timeout = step.get("deadline_ms", 20_000) / 1000
        if "raw" in step:
            method = self.channel.unary_unary("/wxnotify.v1.NotificationService/" + step["call"])
            return method.future(bytes.fromhex(step["raw"]), timeout=timeout, metadata=metadata(step))
        kind = SendSubscribeMessageRequest if step["call"] == "SendSubscribeMessage" else SendSeckillMessageRequest
        request = json_format.Parse(json.dumps(step["request"]).replace("{n}", str(n)), kind())
        return getattr(self.stub, step["call"]).future(request, timeout=timeout, metadata=metadata(step))

    def unary(self, step):
        for n in range(step.get("tries", 1)):
            got = self.answer(step, n)
            if not got.is_ended_by_own_clock():
                break
        for _ in range(19):
            if got.reason() != step.get("retry_while", "none"):
                break
            time.sleep(got.failure.retry_after.ToTimedelta().total_seconds())
            got = self.answer(step)
        self.check(step["want"], got)

    def ask(self, step):
        """Calls another service, until its answer has what is wanted; a watch has many answers."""
        service, name = step["ask"].split("/")
        method = descriptor_pool.Default().FindServiceByName("wxnotify.v1." + service).methods_by_name[name]
        filled = json.loads(json.dumps(step).replace("{message_id}", self.message_id))
        request = json_format.ParseDict(filled["request"], message_factory.GetMessageClass(method.input_type)())
        watched = name == "WatchEvents"
        start = (self.channel.unary_stream if watched else self.channel.unary_unary)(
            "/wxnotify.v1." + step["ask"],
            type(request).SerializeToString,
            message_factory.GetMessageClass(method.output_type).FromString,
        )
        want = filled["want"]
        seen = None
        for _ in range(40):
            try:
                call = start(request, timeout=20, metadata=metadata(step))
                for answer in call if watched else [call]:
                    seen = json_format.MessageToDict(answer)
                    if "has" in want and has(seen, want["has"]):
                        if watched:
                            call.cancel()
                        return
            except grpc.RpcError as error:
                seen = Answer(failure=send_error_of(error), error=error)
                if "error" in want:
                    check_error(want["error"], seen)
                    return
                seen = error
            expect("has" in want, "not refused:", seen)
            time.sleep(0.25)
        raise Failed(f"no answer has {want['has']}; the last one is {seen}")

    def answer(self, step, n=0):
        try:
            response = self.start(step, n).result()
            return Answer(response.message_id, response.replayed)
        except grpc.RpcError as error:
            return Answer(failure=send_error_of(error), error=error)

    def hold(self, step):
        """Starts calls that are not awaited, and returns when WeChat has read them all."""
        before = self.state()["sends_received"]
        self.held = [self.start(step, n) for n in range(step["hold"])]
        for _ in range(1000):
            if self.state()["sends_received"] >= before + step["hold"]:
                return
            time.sleep(0.005)
        raise Failed("the held calls never reached WeChat")

    def cancel(self):
        held, self.held = self.held, []
        for call in held:
            expect(call.cancel() or call.cancelled(), "a held call had ended before it was cancelled")

    def state(self):
        return json.loads(self.http("GET", "/sandbox/state"))

    def http(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.sandbox + path, data, method=method)
        with urllib.request.urlopen(request) as response:
            return response.read().decode()

    def control(self, step):
        text = self.http(*step["http"].split(" ", 1), step.get("body"))
        for part in step.get("contains", []):
            part = part.replace("{message_id}", self.message_id)
            expect(part in text, step["http"], "lacks", part, ":", text)
        for part in step.get("lacks", []):
            expect(part not in text, step["http"], "has", part, ":", text)

    def batch(self, step):
        items = step["items"]
        count = step.get("count", len(items))
        for _ in range(20):
            results = self.stream(step, items, count)
            if results is None:
                return
            answers = [Answer(r.message_id, r.replayed, r.error if r.HasField("error") else None) for r in results]
            if all(answer.reason() != step.get("retry_while", "none") for answer in answers):
                break
            time.sleep(1)
        for n, answer in enumerate(answers):
            try:
                self.check(items[n % len(items)]["want"], answer)
            except Failed as failed:
                raise Failed(f"item {n}: {failed}") from None

    def stream(self, step, items, count):
        """Returns the results by index, after the summary was compared with them."""
        texts = [json.dumps(item["send"]) for item in items]
        requests = [json_format.Parse(texts[n % len(texts)].replace("{n}", str(n)), BatchSendRequest()) for n in range(count)]
        call = self.stub.BatchSend(iter(requests), timeout=60, metadata=metadata(step))
        results = [None] * count
        seen = 0
        summary = None
        try:
            for response in call:
                expect(summary is None, "an answer after the summary:", response)
                if response.HasField("summary"):
                    summary = response.summary
                    continue
                result = response.result
                expect(0 <= result.index < count and results[result.index] is None, "a second or strange index:", result)
                expect(result.request_id == requests[result.index].request_id, "a strange request id:", result)
                accepted = result.outcome == OUTCOME_ACCEPTED
                expect(accepted != result.HasField("error"), "outcome and error do not agree:", result)
                expect(accepted or result.error.outcome == result.outcome, "two outcomes:", result)
                results[result.index] = result
                seen += 1
                if seen == step.get("cancel_after"):
                    call.cancel()
        except grpc.RpcError as error:
            if "cancel_after" in step and error.code() == grpc.StatusCode.CANCELLED:
                return None
            raise Failed(f"the stream ended with {error.code()}: {error.details()}") from None
        expect(seen == count and summary == counted(results), "the summary is not that of the results:", summary)
        return results

    def check(self, want, got):
        if "error" in want:
            check_error(want["error"], got)
            return
        expect(got.failure is None and got.error is None, "not accepted:", got.failure or got.error)
        wanted = want["accepted"]
        expect(got.replayed == wanted.get("replayed", got.replayed), "replayed is", got.replayed)
        form = wanted.get("message_id", "").replace("{message_id}", self.message_id)
        expect(re.search(form, got.message_id), "message_id is", got.message_id, "expected:", form)
        self.message_id = got.message_id or self.message_id


def has(seen, wanted):
    """Whether everything that is wanted is in what was seen."""
    if isinstance(wanted, dict):
        return isinstance(seen, dict) and all(name in seen and has(seen[name], part) for name, part in wanted.items())
    if isinstance(wanted, list):
        return isinstance(seen, list) and all(any(has(one, part) for one in seen) for part in wanted)
    return seen == wanted


def metadata(step):
    return [("authorization", "Bearer " + step["token"])] if "token" in step else []


def counted(results):
    outcomes = Counter(Outcome.Name(result.outcome) for result in results)
    return BatchSummary(
        total=len(results),
        accepted=outcomes["OUTCOME_ACCEPTED"],
        rejected=outcomes["OUTCOME_REJECTED"],
        not_sent=outcomes["OUTCOME_NOT_SENT"],
        unknown=outcomes["OUTCOME_UNKNOWN"],
        replayed=sum(result.replayed for result in results),
        errors_by_reason=Counter(
            SendError.ErrorReason.Name(result.error.reason) for result in results if result.HasField("error")
        ),
    )


def check_error(want, got):
    if want.get("details") is False:
        bare = got.error is not None and rpc_status.from_call(got.error) is None
        expect(bare and got.error.code().name == want["code"], "expected a bare", want["code"], "got:", got.error)
        return
    failure = got.failure
    expect(failure is not None, "expected", want["reason"], "got:", got.error or got.message_id)
    seen = (CODES[failure.code], got.reason(), Outcome.Name(failure.outcome))
    expect(seen == (want["code"], want["reason"], want["outcome"]), "got", *seen, failure.message)
    expect(failure.message and not got.message_id and got.replayed == want.get("replayed", False), "got", vars(got))
    answered = failure.HasField("wechat_errcode")
    expect((str(failure.wechat_errcode) if answered else "") == want.get("errcode", ""), "errcode:", failure)
    expect(bool(RID.fullmatch(failure.wechat_rid)) == bool(failure.wechat_errmsg) == answered, "WeChat's words:", failure)
    expect(sorted(v.field for v in failure.field_violations) == want.get("fields", []), "fields:", failure)
    expect(all(v.description for v in failure.field_violations), "a violation without description:", failure)
    waiting = failure.HasField("retry_after")
    expect(waiting == ("retry_after_ms" in want), "retry_after:", failure)
    if waiting:
        least, most = want["retry_after_ms"]
        expect(int(least) <= failure.retry_after.ToMilliseconds() <= int(most), "retry_after:", failure)
    if got.error is not None:
        check_details(want, got.error, failure)


def check_details(want, error, failure):
    """Compares the standard details of a status with the SendError beside them."""
    expect(error.code().name == want["code"], "the status is", error.code())
    status = rpc_status.from_call(error)
    metadata = {"outcome": want["outcome"]}
    if failure.HasField("wechat_errcode"):
        metadata["wechat_errcode"] = want["errcode"]
        metadata["wechat_errmsg"] = failure.wechat_errmsg
        metadata["wechat_rid"] = failure.wechat_rid
    wanted = [
        error_details_pb2.ErrorInfo(reason=want["reason"], domain="wxnotify.dev", metadata=metadata),
        failure,
    ]
    if failure.field_violations:
        wanted.append(
            error_details_pb2.BadRequest(
                field_violations=[
                    error_details_pb2.BadRequest.FieldViolation(field=v.field, description=v.description)
                    for v in failure.field_violations
                ]
            )
        )
    if failure.HasField("retry_after"):
        wanted.append(error_details_pb2.RetryInfo(retry_delay=failure.retry_after))
    expect(len(status.details) == len(wanted), "details:", status)
    for message in wanted:
        same = [d for d in status.details if d.Is(message.DESCRIPTOR)]
        found = type(message)()
        expect(len(same) == 1 and same[0].Unpack(found) and found == message, "expected", message, "got:", same)


def varied(case):
    """The case once for each of its variants."""
    for variant in case.get("vary", [""]):
        text = json.dumps(case).replace("{v}", variant)
        for place, part in enumerate(variant.split(), 1):
            text = text.replace("{v%d}" % place, part)
        yield json.loads(text)


def main(target, sandbox, cases_file):
    with open(cases_file, encoding="utf-8") as file:
        text = file.read().replace("{run}", uuid.uuid4().hex[:8])
    text = re.sub(r"\{fill:(\d+)}", lambda match: "x" * int(match[1]), text)
    passed = failed = 0
    with grpc.insecure_channel(target) as channel:
        # The server reads the templates in the background; messages are checked by them from then on.
        TemplateServiceStub(channel).ListTemplates(ListTemplatesRequest(refresh=True), timeout=60)
        for case in json.loads(text)["cases"]:
            for variant in varied(case):
                try:
                    Runner(channel, sandbox).run(variant["steps"])
                    passed += 1
                    print("ok    ", variant["name"])
                except (Failed, OSError) as problem:
                    failed += 1
                    print("FAILED", variant["name"], "-", problem)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: conformance.py HOST:PORT SANDBOX_URL CASES_FILE")
    sys.exit(main(*sys.argv[1:]))
