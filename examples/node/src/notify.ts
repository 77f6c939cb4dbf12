// What a caller of wxnotify writes around the generated code.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClientDuplexStream, type ServiceError, status } from "@grpc/grpc-js";
import { Status } from "./gen/google/rpc/status.js";
import { SendError, SendError_ErrorReason } from "./gen/wxnotify/v1/error.js";
import {
  type BatchItemResult,
  type BatchSendRequest,
  type BatchSendResponse,
  type NotificationServiceClient,
} from "./gen/wxnotify/v1/notification_service.js";

/** Of an item of the stream before, for whose outcome we ask again; and of one for the next server. */
const ON_THE_NEXT_STREAM: (SendError_ErrorReason | undefined)[] = [
  SendError_ErrorReason.REQUEST_IN_PROGRESS,
  SendError_ErrorReason.SERVER_STOPPING,
];

/** Returns why a call failed, or undefined where the server did not say it: the call never reached one. */
export function sendErrorOf(error: ServiceError): SendError | undefined {
  const [details] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!(details instanceof Buffer)) {
    return undefined;
  }
  const found = Status.decode(details).details.find(({ typeUrl }) => typeUrl.endsWith("/wxnotify.v1.SendError"));
  return found && SendError.decode(found.value);
}

/**
 * Streams all items and calls done once for each result, in the order of completion.
 *
 * Every item needs a requestId of its own: when a stream breaks, the items without a result are sent again on a new one,
 * and the server replays what it has done already. Items are taken only as fast as the server takes them.
 */
export async function sendAll(
  client: NotificationServiceClient,
  items: AsyncIterable<BatchSendRequest>,
  done: (result: BatchItemResult) => void | Promise<void>,
): Promise<void> {
  const batch = new Batch(client, items, done);
  for (let failures = 0; failures < 10; ) {
    const before = batch.answered;
    try {
      await batch.stream();
      if (batch.unanswered.size === 0) {
        return;
      }
    } catch (error) {
      if ((error as ServiceError).code !== status.UNAVAILABLE) {
        throw error;
      }
    }
    failures = batch.answered > before ? 0 : failures + 1;
    await sleep(1000 * (1 + failures)); // A minute in all, in which a server can be replaced.
  }
  throw new Error("no progress in 10 streams");
}

class Batch {
  /** The items that are sent and have no result: as many as gRPC's windows and the server take. */
  readonly unanswered = new Map<string, BatchSendRequest>();
  answered = 0;
  private readonly source: AsyncIterator<BatchSendRequest>;

  constructor(
    private readonly client: NotificationServiceClient,
    items: AsyncIterable<BatchSendRequest>,
    private readonly done: (result: BatchItemResult) => void | Promise<void>,
  ) {
    this.source = items[Symbol.asyncIterator]();
  }

  /** Sends what is unanswered, then the rest of the items, and reads until the server ends. */
  async stream(): Promise<void> {
    const call = this.client.batchSend();
    const over = new AbortController();
    const writer = this.write(call, over.signal);
    writer.catch(() => call.cancel());
    try {
      for await (const { result } of call as AsyncIterable<BatchSendResponse>) {
        if (!result || ON_THE_NEXT_STREAM.includes(result.error?.reason)) {
          continue; // It is the summary, or has no answer yet.
        }
        this.unanswered.delete(result.requestId);
        this.answered++;
        await this.done(result);
      }
    } finally {
      over.abort();
      await writer;
    }
  }

  private async write(call: ClientDuplexStream<BatchSendRequest, BatchSendResponse>, over: AbortSignal): Promise<void> {
    const send = async (item: BatchSendRequest) => {
      if (!call.write(item)) {
        // The back-pressure: wait until the server reads, or the stream is over.
        await once(call, "drain", { signal: over }).catch(() => undefined);
      }
    };
    for (const item of [...this.unanswered.values()]) {
      if (over.aborted) {
        return;
      }
      await send(item);
    }
    while (!over.aborted) {
      const next = await this.source.next();
      if (next.done) {
        call.end();
        return;
      }
      this.unanswered.set(next.value.requestId, next.value);
      await send(next.value);
    }
  }
}
