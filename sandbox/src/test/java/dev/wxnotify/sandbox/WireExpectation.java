package dev.wxnotify.sandbox;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The exact bytes that an effect puts on the wire, specified independently, one char for each byte.
 *
 * @param pieces makes the pieces from the normal body, with {@code |} between separate segments
 * @param end what happens to the connection afterwards
 * @param processed true if the message counts as accepted
 */
record WireExpectation(EffectKind kind, UnaryOperator<String> pieces, End end, boolean processed) {

  enum End {
    OPEN,
    CLOSED,
    RESET,
    SILENT
  }

  static final String TYPE = "Content-Type: application/json; encoding=utf-8\r\n";
  static final String KEEP = "Connection: keep-alive\r\n";
  static final String CLOSE = "Connection: close\r\n";
  static final String STRAY =
      answer(
          "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":4040404040404040404,"
              + "\"access_token\":\"stray-token-of-the-sandbox\",\"expires_in\":7200}");

  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String EMPTY = OK + "Content-Length: 0\r\n\r\n";
  private static final String HINTS =
      "HTTP/1.1 103 Early Hints\r\nLink: </hint.css>; rel=preload; as=style\r\n\r\n";
  private static final String PROCESSING = "HTTP/1.1 102 Processing\r\n\r\n";
  private static final String CHUNKED = OK + TYPE + KEEP + "Transfer-Encoding: chunked\r\n";

  static String answer(String body) {
    return whole("200 OK", "application/json; encoding=utf-8", "", body);
  }

  private static String whole(String status, String type, String more, String body) {
    return "HTTP/1.1 %s\r\nContent-Type: %s\r\nConnection: keep-alive\r\nContent-Length: %d\r\n"
            .formatted(status, type, body.length())
        + more
        + "\r\n"
        + body;
  }

  private static String length(int length) {
    return "Content-Length: " + length + "\r\n";
  }

  private static String first(String text) {
    return text.substring(0, text.length() / 2);
  }

  private static String second(String text) {
    return text.substring(text.length() / 2);
  }

  private static String chunks(String body) {
    String one = first(body);
    String two = second(body);
    return "\r\n%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n".formatted(one.length(), one, two.length(), two);
  }

  private static String page(String status, String more) {
    String html =
        """
        <html>\r
        <head><title>%1$s</title></head>\r
        <body><center><h1>%1$s</h1></center></body>\r
        </html>\r
        """
            .formatted(status);
    return whole(status, "text/html", more, html);
  }

  private static WireExpectation open(EffectKind kind, UnaryOperator<String> pieces) {
    return new WireExpectation(kind, pieces, End.OPEN, true);
  }

  private static WireExpectation closed(EffectKind kind, UnaryOperator<String> pieces) {
    return new WireExpectation(kind, pieces, End.CLOSED, true);
  }

  private static WireExpectation refused(EffectKind kind, String bytes) {
    return new WireExpectation(kind, body -> bytes, End.OPEN, false);
  }

  /** Effects on HTTP that do not depend on the body, so that any call can have them. */
  static Stream<WireExpectation> framing() {
    return Stream.of(
        refused(EffectKind.REDIRECT, page("302 Found", "Location: /redirected-by-the-sandbox\r\n")),
        refused(
            EffectKind.PROXY_407,
            page(
                "407 Proxy Authentication Required",
                "Proxy-Authenticate: Basic realm=\"sandbox\"\r\n")),
        open(EffectKind.EMPTY_BODY, b -> whole("200 OK", "text/html; charset=gbk", "", "")),
        new WireExpectation(EffectKind.RESET_BEFORE, b -> "", End.RESET, false),
        new WireExpectation(EffectKind.RESET_AFTER, b -> "", End.RESET, true),
        new WireExpectation(EffectKind.NO_ANSWER, b -> "", End.SILENT, true),
        new WireExpectation(
            EffectKind.HALF_ANSWER,
            b -> OK + TYPE + KEEP + length(b.length()) + "\r\n" + first(b),
            End.RESET,
            true),
        open(EffectKind.WRONG_CONTENT_TYPE, b -> whole("200 OK", "text/html; charset=gbk", "", b)),
        open(EffectKind.INTERIM_100, b -> "HTTP/1.1 100 Continue\r\n\r\n" + answer(b)),
        open(EffectKind.INTERIM_102, b -> PROCESSING + answer(b)),
        open(EffectKind.INTERIM_103, b -> HINTS + answer(b)),
        open(EffectKind.INTERIM_SEVERAL, b -> PROCESSING + HINTS + HINTS + answer(b)),
        open(EffectKind.INTERIM_LATE, b -> HINTS + "|" + answer(b)),
        open(
            EffectKind.INTERIM_101,
            b ->
                """
                HTTP/1.1 101 Switching Protocols\r
                Connection: upgrade\r
                Upgrade: websocket\r
                \r
                """
                    + answer(b)),
        open(EffectKind.SURPLUS, b -> answer(b) + STRAY),
        open(EffectKind.SURPLUS_RUBBISH, b -> answer(b) + "\0rubbish of the sandbox\r\n\r\n"),
        open(EffectKind.SURPLUS_LATE, b -> answer(b) + "|" + first(STRAY) + "|" + second(STRAY)),
        open(EffectKind.EMPTY_200, b -> EMPTY),
        open(EffectKind.EMPTY_200_BODY, b -> EMPTY + b),
        open(EffectKind.EMPTY_200_LATE, b -> EMPTY + "|" + b),
        open(EffectKind.BODY_204, b -> bodiless("204 No Content", b) + b),
        open(EffectKind.BODY_204_LATE, b -> bodiless("204 No Content", b) + "|" + b),
        open(EffectKind.BODY_304, b -> bodiless("304 Not Modified", b) + b),
        open(EffectKind.BODY_304_LATE, b -> bodiless("304 Not Modified", b) + "|" + b),
        open(EffectKind.SHORT_BODY, b -> OK + TYPE + KEEP + length(b.length() + 10) + "\r\n" + b),
        closed(
            EffectKind.SHORT_BODY_CLOSE,
            b -> OK + TYPE + KEEP + length(b.length() + 10) + "\r\n" + b),
        open(EffectKind.LONG_BODY, b -> OK + TYPE + KEEP + length(b.length() - 10) + "\r\n" + b),
        open(EffectKind.SPLIT, b -> String.join("|", answer(b).split(""))),
        open(
            EffectKind.HALVES,
            b -> OK + TYPE + KEEP + length(b.length()) + "\r\n" + first(b) + "|" + second(b)),
        open(EffectKind.CHUNKED, b -> CHUNKED + chunks(b)),
        open(EffectKind.LENGTH_AND_CHUNKS, b -> CHUNKED + length(b.length()) + chunks(b)),
        open(
            EffectKind.TWO_LENGTHS,
            b -> OK + TYPE + KEEP + length(b.length()) + length(b.length() - 10) + "\r\n" + b),
        closed(EffectKind.UNTIL_CLOSE, b -> OK + TYPE + CLOSE + "\r\n" + b),
        open(
            EffectKind.HTTP_10,
            b -> "HTTP/1.0 200 OK\r\n" + TYPE + length(b.length()) + "\r\n" + b),
        closed(
            EffectKind.CONNECTION_CLOSE, b -> OK + TYPE + CLOSE + length(b.length()) + "\r\n" + b));
  }

  /** Effects that change the body of an accepted or rejected send. */
  static Stream<WireExpectation> bodies() {
    return Stream.of(
        open(EffectKind.TRUNCATED, b -> answer(first(b))),
        open(EffectKind.MALFORMED_JSON, b -> answer("{errcode:0,errmsg:ok")),
        open(
            EffectKind.OVERSIZED_BODY,
            b -> answer(b.replace("}", ",\"padding\":\"" + "x".repeat(8 * 1024 * 1024) + "\"}"))),
        open(EffectKind.NO_ERRCODE, b -> answer(b.replace("\"errcode\":0,\"errmsg\":\"ok\",", ""))),
        open(
            EffectKind.ERRCODE_TEXT,
            b ->
                answer(
                    b.replace("\"errcode\":0,\"errmsg\":\"ok\",", "")
                        .replace(
                            "}",
                            ",\"errCode\":\"0\","
                                + "\"errMsg\":\"openapi.subscribeMessage.send:ok\"}"))),
        refused(
            EffectKind.GBK_ERRMSG,
            answer(
                "{\"errcode\":40003,\"errmsg\":\"\u00b2\u00bb\u00ba\u00cf\u00b7\u00a8 openid\"}")));
  }

  static Stream<WireExpectation> all() {
    return Stream.concat(framing(), bodies());
  }

  private static String bodiless(String status, String body) {
    return "HTTP/1.1 " + status + "\r\n" + TYPE + KEEP + length(body.length()) + "\r\n";
  }

  /** All bytes. */
  String bytes(String body) {
    return pieces.apply(body).replace("|", "");
  }

  /** The bytes of each segment. */
  List<String> segments(String body) {
    return List.of(pieces.apply(body).split("\\|"));
  }

  @Override
  public String toString() {
    return kind.label();
  }
}
