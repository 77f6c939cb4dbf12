package dev.wxnotify.server.sandbox;

/**
 * A complete and orderly answer to no request, which reads as success to a send and to a token call
 * alike. The sandbox gives its id and its token to nobody else: whoever reports the one or uses the
 * other has taken it for the answer to a request.
 */
final class StrayAnswer {

  static final long MSGID = 4040404040404040404L;
  static final String TOKEN = "stray-token-of-the-sandbox";

  private StrayAnswer() {}

  static byte[] bytes() {
    byte[] body =
        Json.write(
            Json.object()
                .put("errcode", 0)
                .put("errmsg", "ok")
                .put("msgid", MSGID)
                .put("access_token", TOKEN)
                .put("expires_in", 7200));
    return WireAnswer.of("HTTP/1.1 200 OK")
        .header("Content-Type", Answer.WECHAT_JSON)
        .header("Connection", "keep-alive")
        .header("Content-Length", body.length)
        .body(body)
        .bytes();
  }
}
