package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/** Encodes the answers of pages; like all answers, they bypass the HTTP codec. */
final class PageWriter {

  private PageWriter() {}

  static WireScript script(PageAnswer.Whole page, boolean keepAlive, boolean toHead) {
    WireAnswer answer = head(page.status(), page.contentType(), page.headers());
    boolean bodiless = page.status() == 204 || page.status() == 304;
    if (!bodiless) {
      answer.header("Content-Length", page.body().length);
    }
    answer.header("Connection", keepAlive ? "keep-alive" : "close");
    WireScript script = new WireScript(keepAlive);
    return script.send(bodiless || toHead ? answer.head() : answer.body(page.body()).bytes()).end();
  }

  /** The head of a stream, which ends with the connection. */
  static byte[] head(PageAnswer.Stream stream) {
    return head(200, "text/event-stream; charset=utf-8", stream.headers())
        // Or nginx keeps events until it has some kilobytes of them.
        .header("X-Accel-Buffering", "no")
        .header("Connection", "close")
        .head();
  }

  private static WireAnswer head(int status, String contentType, Map<String, String> headers) {
    WireAnswer answer = WireAnswer.of("HTTP/1.1 " + HttpResponseStatus.valueOf(status));
    if (!contentType.isEmpty()) {
      answer.header("Content-Type", contentType);
    }
    headers.forEach((name, value) -> answer.header(name, checked(value)));
    return answer;
  }

  /** Nothing below checks a value: a line break would begin another header, or the body. */
  private static String checked(String value) {
    if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IllegalArgumentException("a header with a control character or beyond ASCII");
    }
    return value;
  }
}
