// Shows the keywords of a template, and gets the app's access token for other calls of WeChat's API.
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { GetTemplateRequest, type GetTemplateResponse, TemplateServiceClient } from "./gen/wxnotify/v1/template_service.js";
import {
  GetAccessTokenRequest,
  type GetAccessTokenResponse,
  RejectAccessTokenRequest,
  type RejectAccessTokenResponse,
  TokenServiceClient,
} from "./gen/wxnotify/v1/token_service.js";

const [target, templateId, errcode] = process.argv.slice(2);
if (!target || !templateId || !errcode) {
  console.error("usage: node dist/ask.js HOST:PORT TEMPLATE_ID ERRCODE");
  process.exit(64);
}

function answer<T>(call: (done: (error: ServiceError | null, response: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => call((error, response) => (error ? reject(error) : resolve(response))));
}

const templates = new TemplateServiceClient(target, credentials.createInsecure());
const tokens = new TokenServiceClient(target, credentials.createInsecure());
const getToken = () => answer<GetAccessTokenResponse>((done) => tokens.getAccessToken(GetAccessTokenRequest.fromPartial({}), done));
try {
  const { template } = await answer<GetTemplateResponse>((done) =>
    templates.getTemplate(GetTemplateRequest.fromPartial({ templateId }), done),
  );
  template?.keywords.forEach(({ key, label, enumValues }) => console.log(key, label, ...enumValues));

  const { fingerprint, expiresIn } = await getToken(); // Never print the accessToken itself.
  console.log(`token ${fingerprint} for ${expiresIn?.seconds} s`);
  if (["40001", "40014", "42001"].includes(errcode)) { // In real life: what WeChat answered to a call with the accessToken.
    const refused = RejectAccessTokenRequest.fromPartial({ fingerprint, wechatErrcode: Number(errcode) });
    await answer<RejectAccessTokenResponse>((done) => tokens.rejectAccessToken(refused, done));
    console.log("refused, now", (await getToken()).fingerprint);
  }
} finally {
  templates.close();
  tokens.close();
}
