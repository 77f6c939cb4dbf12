// Runs the cases of conformance/cases.json: see the README there.
import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClientUnaryCall, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { BadRequest, ErrorInfo, RetryInfo } from "./gen/google/rpc/error_details.js";
import { Status } from "./gen/google/rpc/status.js";
import type { Duration } from "./gen/google/protobuf/duration.js";
import { Outcome, SendError } from "./gen/wxnotify/v1/error.js";
import { EventServiceClient, IngestPushRequest, IngestPushResponse, WatchEventsRequest, WatchEventsResponse } from "./gen/wxnotify/v1/event_service.js";
import {
  GetMessageRequest,
  GetMessageResponse,
  ListMessagesRequest,
  ListMessagesResponse,
  MessageServiceClient,
} from "./gen/wxnotify/v1/message_service.js";
import {
  type BatchItemResult,
  BatchSendRequest,
  type BatchSendResponse,
  BatchSummary,
  NotificationServiceClient,
  SendSeckillMessageRequest,
  SendSubscribeMessageRequest,
} from "./gen/wxnotify/v1/notification_service.js";
import {
  GetSubscriptionsRequest,
  GetSubscriptionsResponse,
  ReportSubscriptionsRequest,
  ReportSubscriptionsResponse,
  SubscriptionServiceClient,
} from "./gen/wxnotify/v1/subscription_service.js";
import { ListTemplatesRequest, type ListTemplatesResponse, TemplateServiceClient } from "./gen/wxnotify/v1/template_service.js";
import { sendErrorOf } from "./notify.js";

interface WantedError {
  code: string;
  details?: boolean;
  reason: string;
  outcome: string;
  errcode?: string;
  fields?: string[];
  retry_after_ms?: [number | string, number | string];
  replayed?: boolean;
}
interface Want {
  accepted?: { replayed?: boolean; message_id?: string };
  has?: unknown;
  error?: WantedError;
}
interface Item {
  send: unknown;
  want: Want;
}
interface Step {
  ask?: string;
  call: "SendSubscribeMessage" | "SendSeckillMessage" | "BatchSend";
  request?: unknown;
  raw?: string;
  token?: string;
  deadline_ms?: number;
  retry_while?: string;
  tries?: number;
  hold?: number;
  cancel?: boolean;
  items?: Item[];
  count?: number;
  cancel_after?: number;
  want?: Want;
  http?: string;
  body?: unknown;
  contains?: string[];
  lacks?: string[];
}
interface Case {
  name: string;
  vary?: string[];
  steps: Step[];
}
/** What a message got: by a unary call, or as an item of a batch. */
interface Answer {
  messageId: string;
  replayed: boolean;
  failure?: SendError | undefined;
  error?: ServiceError;
}

/** The calls of other services: what is called, and the forms of its request and answer. */
const ASKS: Record<string, [{ path: string; responseDeserialize(bytes: Buffer): unknown }, Form, Form]> = {
  "EventService/IngestPush": [EventServiceClient.service.ingestPush, IngestPushRequest, IngestPushResponse],
  "EventService/WatchEvents": [EventServiceClient.service.watchEvents, WatchEventsRequest, WatchEventsResponse],
  "MessageService/GetMessage": [MessageServiceClient.service.getMessage, GetMessageRequest, GetMessageResponse],
  "MessageService/ListMessages": [MessageServiceClient.service.listMessages, ListMessagesRequest, ListMessagesResponse],
  "SubscriptionService/GetSubscriptions": [SubscriptionServiceClient.service.getSubscriptions, GetSubscriptionsRequest, GetSubscriptionsResponse],
  "SubscriptionService/ReportSubscriptions": [
    SubscriptionServiceClient.service.reportSubscriptions,
    ReportSubscriptionsRequest,
    ReportSubscriptionsResponse,
  ],
};
interface Form {
  fromJSON(json: never): unknown;
  toJSON(message: never): unknown;
  encode(message: never): { finish(): Uint8Array };
}

class Failed extends Error {}

function expect(condition: unknown, ...seen: unknown[]): asserts condition {
  if (!condition) {
    throw new Failed(seen.map((what) => (typeof what === "string" ? what : JSON.stringify(what))).join(" "));
  }
}

function same(actual: unknown, expected: unknown, what: string): void {
  try {
    deepStrictEqual(actual, expected);
  } catch {
    throw new Failed(`${what}: ${JSON.stringify(actual)} (expected: ${JSON.stringify(expected)})`);
  }
}

class Runner {
  private messageId = "";
  private held: { call: ClientUnaryCall; answer: Promise<Answer> }[] = [];

  constructor(
    private readonly client: NotificationServiceClient,
    private readonly sandbox: string,
  ) {}

  async run(steps: Step[]): Promise<void> {
    try {
      for (const step of steps) {
        if (step.http) {
          await this.control(step);
        } else if (step.ask) {
          await this.ask(step);
        } else if (step.cancel) {
          await this.cancel();
        } else if (step.hold) {
          await this.hold(step);
        } else if (step.call === "BatchSend") {
          await this.batch(step);
        } else {
          await this.unary(step);
        }
      }
    } finally {
      await this.cancel();
    }
  }

  private start(step: Step, n = 0): { call: ClientUnaryCall; answer: Promise<Answer> } {
    const kind = step.call === "SendSubscribeMessage" ? SendSubscribeMessageRequest : SendSeckillMessageRequest;
    const bytes = step.raw
      ? Buffer.from(step.raw, "hex")
      : Buffer.from(kind.encode(kind.fromJSON(numbered(step.request, n)) as never).finish());
    const method = NotificationServiceClient.service[step.call === "SendSubscribeMessage" ? "sendSubscribeMessage" : "sendSeckillMessage"];
    const deadline = Date.now() + (step.deadline_ms ?? 20_000);
    let call!: ClientUnaryCall;
    const answer = new Promise<Answer>((resolve) => {
      call = this.client.makeUnaryRequest(
        method.path,
        (request: Buffer) => request,
        method.responseDeserialize,
        bytes,
        metadata(step),
        { deadline },
        (error, response) =>
          resolve(error ? { messageId: "", replayed: false, failure: sendErrorOf(error), error } : (response as Answer)),
      );
    });
    return { call, answer };
  }

  private async unary(step: Step): Promise<void> {
    let got = await this.start(step).answer;
    for (let n = 1; isEndedByOwnClock(got) && n < (step.tries ?? 1); n++) {
      got = await this.start(step, n).answer;
    }
    for (let tries = 1; got.failure && got.failure.reason === step.retry_while && tries < 20; tries++) {
      await sleep(milliseconds(got.failure.retryAfter));
      got = await this.start(step).answer;
    }
    this.check(step.want as Want, got);
  }

  /** Calls another service, until its answer has what is wanted; a watch has many answers. */
  private async ask(step: Step): Promise<void> {
    const filled = JSON.parse(JSON.stringify(step).replaceAll("{message_id}", this.messageId)) as Step;
    const want = filled.want as Want;
    let seen: unknown;
    for (let tries = 0; tries < 40; tries++) {
      try {
        seen = await this.askOnce(filled, want.has);
        if (want.has !== undefined && has(seen, want.has)) {
          return;
        }
      } catch (problem) {
        const error = problem as ServiceError;
        if (want.error) {
          checkError(want.error, { messageId: "", replayed: false, failure: sendErrorOf(error), error });
          return;
        }
        seen = error;
      }
      expect(want.has !== undefined, "not refused:", seen);
      await sleep(250);
    }
    throw new Failed(`no answer has ${JSON.stringify(want.has)}; the last one is ${JSON.stringify(seen)}`);
  }

  /** Returns the answer in protobuf's JSON; of a watch the first that has what is wanted. */
  private async askOnce(step: Step, wanted: unknown): Promise<unknown> {
    const [method, asked, answered] = ASKS[step.ask as string] as (typeof ASKS)[string];
    const bytes = Buffer.from(asked.encode(asked.fromJSON(step.request as never) as never).finish());
    const call = this.client.makeServerStreamRequest(
      method.path,
      (request: Buffer) => request,
      method.responseDeserialize,
      bytes,
      metadata(step),
      { deadline: Date.now() + 20_000 },
    );
    let seen: unknown;
    for await (const answer of call) {
      seen = answered.toJSON(answer as never);
      if (step.ask === "EventService/WatchEvents" && wanted !== undefined && has(seen, wanted)) {
        call.cancel();
        break;
      }
    }
    return seen;
  }

  /** Starts calls that are not awaited, and returns when WeChat has read them all. */
  private async hold(step: Step): Promise<void> {
    const count = step.hold as number;
    const before = await this.sendsReceived();
    this.held = Array.from({ length: count }, (_, n) => this.start(step, n));
    for (let tries = 0; tries < 1000; tries++) {
      if ((await this.sendsReceived()) >= before + count) {
        return;
      }
      await sleep(5);
    }
    throw new Failed("the held calls never reached WeChat");
  }

  private async cancel(): Promise<void> {
    const held = this.held;
    this.held = [];
    held.forEach(({ call }) => call.cancel());
    for (const { answer } of held) {
      const { error } = await answer;
      expect(error?.code === status.CANCELLED, "a held call ended with", error);
    }
  }

  private async sendsReceived(): Promise<number> {
    const response = await fetch(`${this.sandbox}/sandbox/state`);
    return ((await response.json()) as { sends_received: number }).sends_received;
  }

  private async control(step: Step): Promise<void> {
    const [method, path] = (step.http as string).split(" ") as [string, string];
    const body = step.body === undefined ? null : JSON.stringify(step.body);
    const response = await fetch(this.sandbox + path, { method, body });
    const text = await response.text();
    expect(response.ok, step.http, response.status, text);
    for (const part of step.contains ?? []) {
      expect(text.includes(part.replaceAll("{message_id}", this.messageId)), step.http, "lacks", part, text);
    }
    for (const part of step.lacks ?? []) {
      expect(!text.includes(part), step.http, "has", part, text);
    }
  }

  private async batch(step: Step): Promise<void> {
    const items = step.items as Item[];
    const count = step.count ?? items.length;
    const requests = Array.from({ length: count }, (_, n) =>
      BatchSendRequest.fromJSON(numbered((items[n % items.length] as Item).send, n)),
    );
    let results = await this.stream(step, requests);
    for (let tries = 1; results?.some(({ error }) => error && error.reason === step.retry_while) && tries < 20; tries++) {
      await sleep(1000);
      results = await this.stream(step, requests);
    }
    results?.forEach(({ messageId, replayed, error }, n) => {
      try {
        this.check((items[n % items.length] as Item).want, { messageId, replayed, failure: error });
      } catch (problem) {
        throw new Failed(`item ${n}: ${(problem as Error).message}`);
      }
    });
  }

  /** Returns the results by index, after the summary was compared with them; undefined for a stream that was cut. */
  private async stream(step: Step, requests: BatchSendRequest[]): Promise<BatchItemResult[] | undefined> {
    const call = this.client.batchSend(metadata(step), { deadline: Date.now() + 60_000 });
    requests.forEach((request) => call.write(request));
    call.end();
    const results: BatchItemResult[] = new Array(requests.length);
    const counted = BatchSummary.fromPartial({});
    let summary: BatchSummary | undefined;
    try {
      for await (const response of call as AsyncIterable<BatchSendResponse>) {
        expect(!summary, "an answer after the summary:", response);
        summary = response.summary;
        if (summary) {
          continue;
        }
        const result = response.result as BatchItemResult;
        expect(result.index in requests && !(result.index in results), "a second or strange index:", result);
        expect(result.requestId === requests[result.index]?.requestId, "a strange request id:", result);
        expect((result.outcome === Outcome.OUTCOME_ACCEPTED) === !result.error, "outcome and error do not agree:", result);
        expect(!result.error || result.error.outcome === result.outcome, "two outcomes:", result);
        results[result.index] = result;
        count(counted, result);
        if (counted.total === step.cancel_after) {
          call.cancel();
        }
      }
    } catch (error) {
      if (step.cancel_after && (error as ServiceError).code === status.CANCELLED) {
        return undefined;
      }
      throw error instanceof Failed ? error : new Failed(`the stream ended with ${error}`);
    }
    expect(counted.total === requests.length, counted.total, "results");
    same(summary, counted, "the summary is not that of the results");
    return results;
  }

  private check(want: Want, got: Answer): void {
    if (want.error) {
      checkError(want.error, got);
      return;
    }
    expect(!got.failure && !got.error, "not accepted:", got.failure ?? got.error);
    same(got.replayed, want.accepted?.replayed ?? got.replayed, "replayed");
    const form = (want.accepted?.message_id ?? "").replaceAll("{message_id}", this.messageId);
    expect(new RegExp(form).test(got.messageId), "message_id is", got.messageId, "expected:", form);
    this.messageId = got.messageId || this.messageId;
  }
}

/** Whether everything that is wanted is in what was seen. */
function has(seen: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(seen) && wanted.every((part) => seen.some((one) => has(one, part)));
  }
  if (typeof wanted === "object" && wanted !== null) {
    return (
      typeof seen === "object" &&
      seen !== null &&
      Object.entries(wanted).every(([name, part]) => name in seen && has((seen as Record<string, unknown>)[name], part))
    );
  }
  return seen === wanted;
}

/** A deadline about which the service did not say what it meant for the message. */
function isEndedByOwnClock({ failure, error }: Answer): boolean {
  return !failure && error?.code === status.DEADLINE_EXCEEDED;
}

function metadata(step: Step): Metadata {
  const sent = new Metadata();
  if (step.token) {
    sent.set("authorization", `Bearer ${step.token}`);
  }
  return sent;
}

function count(summary: BatchSummary, result: BatchItemResult): void {
  const outcomes = { OUTCOME_ACCEPTED: "accepted", OUTCOME_REJECTED: "rejected", OUTCOME_NOT_SENT: "notSent", OUTCOME_UNKNOWN: "unknown" } as const;
  summary.total++;
  summary[outcomes[result.outcome as keyof typeof outcomes]]++;
  summary.replayed += result.replayed ? 1 : 0;
  if (result.error) {
    summary.errorsByReason[result.error.reason] = (summary.errorsByReason[result.error.reason] ?? 0) + 1;
  }
}

function checkError(want: WantedError, { failure, error, messageId, replayed }: Answer): void {
  if (want.details === false) {
    const bare = error !== undefined && error.metadata.get("grpc-status-details-bin").length === 0;
    expect(bare && status[error.code] === want.code, "expected a bare", want.code, "got:", error);
    return;
  }
  expect(failure, "expected", want.reason, "got:", error ?? messageId);
  same([status[failure.code], failure.reason, failure.outcome], [want.code, want.reason, want.outcome], failure.message);
  expect(failure.message && !messageId, "message and message_id:", failure, messageId);
  same(replayed, want.replayed ?? false, "replayed");
  const answered = failure.wechatErrcode !== undefined;
  same(failure.wechatErrcode?.toString(), want.errcode, "errcode");
  same(/^[0-9a-f]{8}(-[0-9a-f]{8}){2}$/.test(failure.wechatRid), answered, `rid ${failure.wechatRid}`);
  same(failure.wechatErrmsg !== "", answered, `errmsg ${failure.wechatErrmsg}`);
  same(failure.fieldViolations.map(({ field }) => field).sort(), want.fields ?? [], "fields");
  expect(failure.fieldViolations.every(({ description }) => description), "a violation without description:", failure);
  same(failure.retryAfter !== undefined, want.retry_after_ms !== undefined, "retry_after is set");
  if (want.retry_after_ms) {
    const [least, most] = want.retry_after_ms.map(Number) as [number, number];
    const waiting = milliseconds(failure.retryAfter);
    expect(waiting >= least && waiting <= most, "retry_after is", waiting);
  }
  if (error) {
    same(status[error.code], want.code, "the status");
    checkDetails(want, error, failure);
  }
}

/** Compares the standard details of a status with the SendError beside them. */
function checkDetails(want: WantedError, error: ServiceError, failure: SendError): void {
  const metadata: Record<string, string> = { outcome: want.outcome };
  if (failure.wechatErrcode !== undefined) {
    metadata.wechat_errcode = want.errcode as string;
    metadata.wechat_errmsg = failure.wechatErrmsg;
    metadata.wechat_rid = failure.wechatRid;
  }
  const wanted: [string, unknown][] = [
    ["google.rpc.ErrorInfo", ErrorInfo.fromPartial({ reason: want.reason, domain: "wxnotify.dev", metadata })],
    ["wxnotify.v1.SendError", failure],
  ];
  if (failure.fieldViolations.length > 0) {
    wanted.push(["google.rpc.BadRequest", BadRequest.fromPartial({ fieldViolations: failure.fieldViolations })]);
  }
  if (failure.retryAfter) {
    wanted.push(["google.rpc.RetryInfo", RetryInfo.fromPartial({ retryDelay: failure.retryAfter })]);
  }
  const decoders = {
    "google.rpc.ErrorInfo": ErrorInfo,
    "google.rpc.BadRequest": BadRequest,
    "google.rpc.RetryInfo": RetryInfo,
    "wxnotify.v1.SendError": SendError,
  };
  const details = Status.decode(error.metadata.get("grpc-status-details-bin")[0] as Buffer).details.map(({ typeUrl, value }) => {
    const name = typeUrl.slice(typeUrl.lastIndexOf("/") + 1) as keyof typeof decoders;
    return [name, decoders[name]?.decode(value)];
  });
  const byName = (a: unknown[], b: unknown[]) => String(a[0]).localeCompare(String(b[0]));
  same(details.sort(byName), wanted.sort(byName), "details");
}

function milliseconds(duration: Duration | undefined): number {
  return duration ? duration.seconds * 1000 + duration.nanos / 1e6 : 0;
}

function numbered(request: unknown, n: number): unknown {
  return JSON.parse(JSON.stringify(request).replaceAll("{n}", String(n)));
}

/** The case once for each of its variants. */
function varied(one: Case): Case[] {
  return (one.vary ?? [""]).map((variant) => {
    const text = JSON.stringify(one).replaceAll("{v}", variant);
    const parts = variant.split(" ");
    return JSON.parse(parts.reduce((filled, part, place) => filled.replaceAll(`{v${place + 1}}`, part), text)) as Case;
  });
}

const [target, sandbox, casesFile] = process.argv.slice(2);
if (!target || !sandbox || !casesFile) {
  console.error("usage: node dist/conformance.js HOST:PORT SANDBOX_URL CASES_FILE");
  process.exit(64);
}
const run = Math.floor(Math.random() * 2 ** 32).toString(16).padStart(8, "0");
const text = readFileSync(casesFile, "utf8")
  .replaceAll("{run}", run)
  .replace(/\{fill:(\d+)\}/g, (_, length) => "x".repeat(Number(length)));
const client = new NotificationServiceClient(target, credentials.createInsecure());
// The server reads the templates in the background; messages are checked by them from then on.
const templates = new TemplateServiceClient(target, credentials.createInsecure());
await new Promise<ListTemplatesResponse>((resolve, reject) => {
  const deadline = Date.now() + 60_000;
  templates.listTemplates(ListTemplatesRequest.fromPartial({ refresh: true }), new Metadata(), { deadline }, (error, answer) =>
    error ? reject(error) : resolve(answer),
  );
});
templates.close();
let passed = 0;
let failed = 0;
for (const one of (JSON.parse(text) as { cases: Case[] }).cases.flatMap(varied)) {
  try {
    await new Runner(client, sandbox).run(one.steps);
    passed++;
    console.log(`ok     ${one.name}`);
  } catch (problem) {
    failed++;
    console.log(`FAILED ${one.name} - ${problem instanceof Failed ? problem.message : (problem as Error).stack}`);
  }
}
client.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
