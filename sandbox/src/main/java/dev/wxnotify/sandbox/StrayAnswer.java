package dev.wxnotify.sandbox;

/**
 * A complete, valid answer that belongs to no request and looks like success for both a send and a
 * token call. The sandbox never returns its id or its token otherwise: a client that reports the id
 * or uses the token has mistaken it for the answer to a request.
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
