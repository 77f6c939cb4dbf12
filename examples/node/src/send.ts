// Sends one message and reports its outcome.
import { credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { type SendError, SendError_ErrorReason as Reason } from "./gen/wxnotify/v1/error.js";
import {
  NotificationServiceClient,
  SendSubscribeMessageRequest,
  type SendSubscribeMessageResponse,
} from "./gen/wxnotify/v1/notification_service.js";
import { sendErrorOf } from "./notify.js";

const [target, openId] = process.argv.slice(2);
if (!target || !openId) {
  console.error("usage: node dist/send.js HOST:PORT OPEN_ID");
  process.exit(64);
}

const client = new NotificationServiceClient(target, credentials.createInsecure());
const request = SendSubscribeMessageRequest.fromPartial({
  message: {
    openId,
    templateId: "sandbox-seckill-0123456789abcdefghijklmnopq",
    page: "pages/order?id=7",
    data: { thing1: "咖啡 😀", time2: "2026-11-24 20:00", thing3: "see you" },
  },
  requestId: `order-7/${openId}`,
});
try {
  const response = await new Promise<SendSubscribeMessageResponse>((resolve, reject) => {
    client.sendSubscribeMessage(request, new Metadata(), { deadline: Date.now() + 10_000 }, (error, answer) =>
      error ? reject(error) : resolve(answer),
    );
  });
  console.log(`accepted: message ${response.messageId}, replayed ${response.replayed}`);
} catch (error) {
  const failure = sendErrorOf(error as ServiceError);
  if (!failure) {
    throw error; // No server was reached, or it refused the caller.
  }
  explain(failure);
  process.exitCode = 1;
} finally {
  client.close();
}

function explain(failure: SendError): void {
  switch (failure.reason) {
    case Reason.USER_NOT_SUBSCRIBED:
      console.log("the user has to subscribe again");
      break;
    case Reason.INVALID_REQUEST:
    case Reason.INVALID_TEMPLATE_DATA:
      failure.fieldViolations.forEach(({ field, description }) => console.log(field, description));
      break;
    case Reason.OUTCOME_UNKNOWN:
      console.log("the user may have received it; repeat the call with the same request id to learn the outcome");
      break;
    default:
      console.log(`${failure.reason}: ${failure.message}${failure.retryAfter ? `; retry in ${failure.retryAfter.seconds} s` : ""}`);
  }
}
