package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.OddBodies.firstHalf;
import static dev.wxnotify.sandbox.OddBodies.secondHalf;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * Encodes answers as bytes, normal or spoilt as the answer requests. Unless the effect ends the
 * connection, the connection continues as if nothing were wrong: a caller that wrongly reuses it
 * must notice.
 */
final class OddAnswers {

  private static final String GATEWAY_HTML = "text/html";

  /** The content type that WeChat gave an empty answer. */
  private static final String CHINESE_HTML = "text/html; charset=gbk";

  private static final byte[] CONTINUE = interim("100 Continue").head();
  private static final byte[] PROCESSING = interim("102 Processing").head();
  private static final byte[] EARLY_HINTS =
      interim("103 Early Hints").header("Link", "</hint.css>; rel=preload; as=style").head();
  private static final byte[] SWITCHING =
      interim("101 Switching Protocols")
          .header("Connection", "upgrade")
          .header("Upgrade", "websocket")
          .head();
  private static final byte[] RUBBISH = "\0rubbish of the sandbox\r\n\r\n".getBytes(US_ASCII);

  private static final Duration INTERIM_PAUSE = Duration.ofMillis(400);
  private static final Duration HALVES_PAUSE = Duration.ofMillis(200);

  /** Long enough for a caller to return the connection to its pool. */
  private static final Duration IDLE_PAUSE = Duration.ofMillis(100);

  /** Time for the first half of an answer to arrive before the reset. */
  private static final Duration RESET_PAUSE = Duration.ofMillis(50);

  /** Keeps bytes out of the same read of the caller. */
  private static final Duration BYTE_PAUSE = Duration.ofMillis(1);

  /** By how many bytes a body differs from its announced length. */
  private static final int MISFIT = 10;

  private final boolean keepAlive;
  private final boolean toHead;
  private final Map<String, String> headers;

  /**
   * Answers to one request.
   *
   * @param headers more headers than any answer has
   * @param keepAlive false if the caller wants the connection closed after the answer
   * @param toHead true if the request is a HEAD, whose answer has no body
   */
  OddAnswers(Map<String, String> headers, boolean keepAlive, boolean toHead) {
    this.headers = headers;
    this.keepAlive = keepAlive;
    this.toHead = toHead;
  }

  WireScript script(Answer answer) {
    Effect effect = answer.effect();
    if (effect == null) {
      return plain(json(answer));
    }
    byte[] body = OddBodies.of(effect.kind(), answer.json());
    return switch (effect.kind()) {
      case ERRCODE,
          LATENCY,
          TRUNCATED,
          MALFORMED_JSON,
          OVERSIZED_BODY,
          NO_ERRCODE,
          ERRCODE_TEXT,
          GBK_ERRMSG,
          EXPIRES_DECIMAL,
          EXPIRES_TEXT,
          EXPIRES_MISSING,
          EXPIRES_HUGE,
          EARLY_ANSWER,
          UNSOLICITED ->
          plain(normal(body));
      case HTTP, REDIRECT, PROXY_407 -> plain(foreign(effect));
      case EMPTY_BODY -> plain(whole(200, CHINESE_HTML, new byte[0]));
      case WRONG_CONTENT_TYPE -> plain(whole(200, CHINESE_HTML, body));
      case RESET_BEFORE, RESET_AFTER -> start().reset();
      case NO_ANSWER -> start();
      case HALF_ANSWER ->
          start().send(normal(body).head(), firstHalf(body)).pause(RESET_PAUSE).reset();
      case INTERIM_100 -> start().send(CONTINUE, normal(body).bytes()).end();
      case INTERIM_101 -> start().send(SWITCHING, normal(body).bytes()).end();
      case INTERIM_102 -> start().send(PROCESSING, normal(body).bytes()).end();
      case INTERIM_103 -> start().send(EARLY_HINTS, normal(body).bytes()).end();
      case INTERIM_SEVERAL ->
          start().send(PROCESSING, EARLY_HINTS, EARLY_HINTS, normal(body).bytes()).end();
      case INTERIM_LATE ->
          start().send(EARLY_HINTS).pause(INTERIM_PAUSE).send(normal(body).bytes()).end();
      case SURPLUS -> start().send(normal(body).bytes(), StrayAnswer.bytes()).end();
      case SURPLUS_RUBBISH -> start().send(normal(body).bytes(), RUBBISH).end();
      case SURPLUS_LATE ->
          surplus(
              normal(body).bytes(),
              firstHalf(StrayAnswer.bytes()),
              secondHalf(StrayAnswer.bytes()));
      case EMPTY_200 -> start().send(empty()).end();
      case EMPTY_200_BODY -> start().send(empty(), body).end();
      case EMPTY_200_LATE -> surplus(empty(), body);
      case BODY_204 -> start().send(bodiless(204, body), body).end();
      case BODY_204_LATE -> surplus(bodiless(204, body), body);
      case BODY_304 -> start().send(bodiless(304, body), body).end();
      case BODY_304_LATE -> surplus(bodiless(304, body), body);
      case SHORT_BODY -> plain(ok(keepAlive).header("Content-Length", body.length + MISFIT), body);
      case SHORT_BODY_CLOSE ->
          start()
              .send(ok(true).header("Content-Length", body.length + MISFIT).head(), body)
              .close();
      case LONG_BODY -> plain(ok(keepAlive).header("Content-Length", body.length - MISFIT), body);
      case SPLIT -> split(normal(body).bytes());
      case HALVES ->
          start()
              .send(normal(body).head(), firstHalf(body))
              .pause(HALVES_PAUSE)
              .send(secondHalf(body))
              .end();
      case CHUNKED -> plain(chunked(), chunks(body));
      case LENGTH_AND_CHUNKS ->
          plain(chunked().header("Content-Length", body.length), chunks(body));
      case TWO_LENGTHS -> plain(normal(body).header("Content-Length", body.length - MISFIT), body);
      case UNTIL_CLOSE -> start().send(ok(false).head(), body).close();
      case HTTP_10 -> plain(http10(body.length), body);
      case CONNECTION_CLOSE ->
          start().send(ok(false).header("Content-Length", body.length).head(), body).close();
    };
  }

  private WireScript start() {
    return new WireScript(keepAlive);
  }

  private WireScript plain(WireAnswer answer) {
    return start().send(toHead ? answer.head() : answer.bytes()).end();
  }

  private WireScript plain(WireAnswer answer, byte[] body) {
    return plain(answer.body(body));
  }

  /** Late bytes arrive on an idle connection, or among the answers to later requests. */
  private WireScript surplus(byte[] answer, byte[]... late) {
    WireScript script = start().send(answer).ready();
    for (byte[] part : late) {
      script.pause(IDLE_PAUSE).send(part);
    }
    return script.end();
  }

  private WireScript split(byte[] bytes) {
    WireScript script = start();
    for (byte one : bytes) {
      script.send(new byte[] {one}).pause(BYTE_PAUSE);
    }
    return script.end();
  }

  private WireAnswer json(Answer answer) {
    return whole(answer.status(), answer.contentType(), Json.write(answer.json()));
  }

  private WireAnswer normal(byte[] body) {
    return whole(200, Answer.WECHAT_JSON, body);
  }

  private WireAnswer whole(int status, String contentType, byte[] body) {
    return head(status, contentType, keepAlive).header("Content-Length", body.length).body(body);
  }

  private WireAnswer foreign(Effect effect) {
    int status = effect.foreignStatus();
    WireAnswer page = whole(status, GATEWAY_HTML, OddBodies.page(status));
    return switch (effect.kind()) {
      case REDIRECT -> page.header("Location", "/redirected-by-the-sandbox");
      case PROXY_407 -> page.header("Proxy-Authenticate", "Basic realm=\"sandbox\"");
      default -> page;
    };
  }

  private byte[] bodiless(int status, byte[] body) {
    return head(status, Answer.WECHAT_JSON, keepAlive).header("Content-Length", body.length).head();
  }

  private WireAnswer chunked() {
    return ok(keepAlive).header("Transfer-Encoding", "chunked");
  }

  private WireAnswer ok(boolean keepAlive) {
    return head(200, Answer.WECHAT_JSON, keepAlive);
  }

  private WireAnswer head(int status, String contentType, boolean keepAlive) {
    WireAnswer answer =
        WireAnswer.of("HTTP/1.1 " + HttpResponseStatus.valueOf(status))
            .header("Content-Type", contentType)
            .header("Connection", keepAlive ? "keep-alive" : "close");
    headers.forEach(answer::header);
    return answer;
  }

  private static WireAnswer http10(int length) {
    return WireAnswer.of("HTTP/1.0 200 OK")
        .header("Content-Type", Answer.WECHAT_JSON)
        .header("Content-Length", length);
  }

  private static byte[] empty() {
    return WireAnswer.of("HTTP/1.1 200 OK").header("Content-Length", 0).head();
  }

  private static WireAnswer interim(String status) {
    return WireAnswer.of("HTTP/1.1 " + status);
  }

  private static byte[] chunks(byte[] body) {
    return WireAnswer.join(
        chunk(firstHalf(body)), chunk(secondHalf(body)), "0\r\n\r\n".getBytes(US_ASCII));
  }

  private static byte[] chunk(byte[] data) {
    String size = String.format(Locale.ROOT, "%x\r\n", data.length);
    return WireAnswer.join(size.getBytes(US_ASCII), data, "\r\n".getBytes(US_ASCII));
  }
}
