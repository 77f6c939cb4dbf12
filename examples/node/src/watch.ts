// Shows what WeChat reports after a send: receipts, and what users answer to subscription dialogs.
import { credentials, type ServiceError, status } from "@grpc/grpc-js";
import { type Event, EventServiceClient, WatchEventsRequest, type WatchEventsResponse } from "./gen/wxnotify/v1/event_service.js";

const [target, minutes, count] = process.argv.slice(2);
if (!target || !minutes || !count) {
  console.error("usage: node dist/watch.js HOST:PORT MINUTES_AGO COUNT");
  process.exit(64);
}

/** Yields events for ever. After a break it goes on behind the last one; one may come twice: at least once is promised. */
async function* events(client: EventServiceClient, first: WatchEventsRequest): AsyncGenerator<Event> {
  let request = first;
  for (;;) {
    const stream = client.watchEvents(request);
    try {
      for await (const response of stream as AsyncIterable<WatchEventsResponse>) {
        if (response.event) {
          yield response.event;
        }
        const cursor = response.event?.cursor ?? response.heartbeat?.cursor ?? "";
        request = WatchEventsRequest.fromPartial({ cursor }); // In real life: kept where the effects of the event are kept.
      }
    } catch (error) {
      if ((error as ServiceError).code !== status.UNAVAILABLE) {
        throw error;
      }
    } finally {
      stream.cancel();
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function show({ openId, templateId, delivery, subscription }: Event): void {
  if (delivery) {
    const { status: what, messageId, requestId, errorStatus } = delivery;
    console.log(`${what}: message ${messageId}, request ${requestId}, ${errorStatus}`);
  }
  if (subscription) {
    console.log(`${subscription.answer}: user ${openId}, template ${templateId}`);
  }
}

const client = new EventServiceClient(target, credentials.createInsecure());
const since = new Date(Date.now() - Number(minutes) * 60_000);
let left = Number(count);
try {
  for await (const event of events(client, WatchEventsRequest.fromPartial({ since }))) {
    show(event);
    if (--left <= 0) {
      break;
    }
  }
} finally {
  client.close();
}
