// Sends a campaign. Stop it and start it again: what is done is replayed, the rest is sent.
import { credentials } from "@grpc/grpc-js";
import { Outcome } from "./gen/wxnotify/v1/error.js";
import { BatchSendRequest, NotificationServiceClient } from "./gen/wxnotify/v1/notification_service.js";
import { sendAll } from "./notify.js";

const [target, campaign, count] = process.argv.slice(2);
if (!target || !campaign || !count) {
  console.error("usage: node dist/batch.js HOST:PORT CAMPAIGN COUNT");
  process.exit(64);
}

/** In real life: rows of a database, as they are read. */
async function* items(): AsyncGenerator<BatchSendRequest> {
  for (let i = 0; i < Number(count); i++) {
    yield BatchSendRequest.fromPartial({
      seckillMessage: { openId: `user-${i}`, goodsName: "Coffee", time: "2026-11-24 20:00", corpId: "1", customerId: "2" },
      requestId: `${campaign}/${i}`,
    });
  }
}

const outcomes = new Map<Outcome, number>();
let replayed = 0;
const client = new NotificationServiceClient(target, credentials.createInsecure());
try {
  await sendAll(client, items(), (result) => {
    outcomes.set(result.outcome, (outcomes.get(result.outcome) ?? 0) + 1);
    replayed += result.replayed ? 1 : 0;
    if (result.error) {
      console.error(`${result.requestId}: ${result.error.reason}: ${result.error.message}`);
    }
  });
} finally {
  client.close();
}
const counted = (outcome: Outcome) => outcomes.get(outcome) ?? 0;
console.log(
  `accepted ${counted(Outcome.OUTCOME_ACCEPTED)}, rejected ${counted(Outcome.OUTCOME_REJECTED)},` +
    ` not sent ${counted(Outcome.OUTCOME_NOT_SENT)}, unknown ${counted(Outcome.OUTCOME_UNKNOWN)}; replayed ${replayed}`,
);
