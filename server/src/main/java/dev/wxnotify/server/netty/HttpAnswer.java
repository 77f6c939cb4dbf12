package dev.wxnotify.server.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one HTTP request.
 *
 * @param contentType the value of the header; empty for no such header
 * @param body on the heap, so that an answer that nobody waits for any more needs no release
 * @param headers further headers
 * @param isLast whether the connection is closed after it
 * @param stream what follows the body, and is sent as it comes; null for an answer that is whole
 */
public record HttpAnswer(
    HttpResponseStatus status,
    String contentType,
    ByteBuf body,
    Map<String, String> headers,
    boolean isLast,
    @Nullable HttpStream stream) {
  private static final String EVENTS = "text/event-stream";
  private static final String PLAIN = "text/plain; charset=utf-8";

  /** Copies the headers. */
  public HttpAnswer {
    headers = Map.copyOf(headers);
  }

  /** An answer that is whole. */
  public HttpAnswer(
      HttpResponseStatus status,
      String contentType,
      ByteBuf body,
      Map<String, String> headers,
      boolean isLast) {
    this(status, contentType, body, headers, isLast, null);
  }

  /** Answers with server-sent events; with 503 where the port has too many streams already. */
  public static HttpAnswer events(HttpStream stream, Map<String, String> headers) {
    return new HttpAnswer(
        HttpResponseStatus.OK, EVENTS, Unpooled.EMPTY_BUFFER, headers, true, stream);
  }

  /** Answers with text, exactly as it is. */
  public static HttpAnswer text(HttpResponseStatus status, String text) {
    return bytes(status, PLAIN, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers with bytes. */
  public static HttpAnswer bytes(HttpResponseStatus status, String contentType, byte[] body) {
    return new HttpAnswer(status, contentType, Unpooled.wrappedBuffer(body), Map.of(), false);
  }

  /** Answers that only some methods are supported. */
  public static HttpAnswer notAllowed(String allowed) {
    HttpAnswer answer = text(HttpResponseStatus.METHOD_NOT_ALLOWED, allowed + " only\n");
    return new HttpAnswer(
        answer.status, answer.contentType, answer.body, Map.of("allow", allowed), false);
  }

  /** Returns the same answer, after which the connection is closed. */
  public HttpAnswer last() {
    return new HttpAnswer(status, contentType, body, headers, true, stream);
  }
}
