package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;

/** Calls a sandbox like any program. */
final class SandboxClient {

  static final String APP = SandboxOptions.APP_ID;
  static final String SECRET = SandboxOptions.APP_SECRET;
  static final String DATA =
      """
      {"thing1":{"value":"机械键盘"},"time2":{"value":"2026-11-24 20:00"},"thing3":{"value":"先到先得"}}""";

  private static final JsonMapper MAPPER = new JsonMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI base;

  SandboxClient(Sandbox sandbox) {
    this.base = sandbox.baseUrl();
  }

  static String message(String openId) {
    return message(openId, SandboxTemplates.SECKILL_TEMPLATE_ID, "pages/index", DATA);
  }

  static String message(String openId, String templateId, String page, String data) {
    return """
        {"touser":"%s","template_id":"%s","page":"%s","miniprogram_state":"formal","lang":"zh_CN","data":%s}"""
        .formatted(openId, templateId, page, data);
  }

  String classicToken() throws Exception {
    return get(classicPath(APP, SECRET)).path("access_token").textValue();
  }

  static String classicPath(String appId, String secret) {
    return "/cgi-bin/token?grant_type=client_credential&appid=" + appId + "&secret=" + secret;
  }

  JsonNode stable(boolean force) throws Exception {
    return post("/cgi-bin/stable_token", stableBody(APP, SECRET, force));
  }

  static String stableBody(String appId, String secret, boolean force) {
    return """
        {"grant_type":"client_credential","appid":"%s","secret":"%s","force_refresh":%s}"""
        .formatted(appId, secret, force);
  }

  String stableToken() throws Exception {
    return stable(false).path("access_token").textValue();
  }

  JsonNode send(String token, String body) throws Exception {
    return post(sendPath(token), body);
  }

  CompletableFuture<HttpResponse<String>> sendAsync(String token, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(sendPath(token)))
            .POST(BodyPublishers.ofString(body))
            .build();
    return http.sendAsync(request, BodyHandlers.ofString());
  }

  int sendCode(String token, String body) throws Exception {
    return send(token, body).path("errcode").asInt();
  }

  static String sendPath(String token) {
    return "/cgi-bin/message/subscribe/send?access_token=" + token;
  }

  JsonNode get(String path) throws Exception {
    return json(exchange(HttpRequest.newBuilder(base.resolve(path)).GET()));
  }

  JsonNode post(String path, String body) throws Exception {
    return json(postRaw(path, body));
  }

  HttpResponse<String> postRaw(String path, String body) throws Exception {
    return exchange(
        HttpRequest.newBuilder(base.resolve(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  JsonNode postForm(String path, String form) throws Exception {
    return json(
        exchange(
            HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))));
  }

  HttpResponse<String> exchange(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path));
  }

  static JsonNode json(HttpResponse<String> response) throws Exception {
    return MAPPER.readTree(response.body());
  }
}
