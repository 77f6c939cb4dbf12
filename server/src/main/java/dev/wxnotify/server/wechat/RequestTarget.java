package dev.wxnotify.server.wechat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The target of requests: path, query and common headers, encoded once for many requests. It
 * contains secrets, such as the access token, and never shows them.
 */
final class RequestTarget {
  private static final byte[] POST = "POST ".getBytes(US_ASCII);
  private static final byte[] GET = "GET ".getBytes(US_ASCII);
  private static final byte[] JSON_OF_LENGTH =
      "content-type: application/json; charset=utf-8\r\ncontent-length: ".getBytes(US_ASCII);
  private static final byte[] END = "\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] LINE_END = "\r\n".getBytes(US_ASCII);
  private static final int MAX_DIGITS = 10;

  private final byte[] targetAndHeaders;

  /**
   * Encodes a target.
   *
   * @param baseUrl the address of the API; its path precedes {@code path}
   * @param path begins with a slash
   * @param query percent-encoded; null for none
   */
  RequestTarget(URI baseUrl, String path, @Nullable String query) {
    this(baseUrl, path, query, null);
  }

  /**
   * Encodes a target.
   *
   * @param baseUrl the address of the API; its path precedes {@code path}
   * @param path begins with a slash, or is empty
   * @param query percent-encoded; null for none
   * @param authorization the value of that header, of visible ASCII characters; null for none
   */
  RequestTarget(URI baseUrl, String path, @Nullable String query, @Nullable String authorization) {
    String base = baseUrl.getRawPath() == null ? "" : baseUrl.getRawPath();
    String before = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    String text =
        before
            + path
            + (query == null ? "" : "?" + query)
            + " HTTP/1.1\r\nhost: "
            + baseUrl.getRawAuthority()
            + "\r\nuser-agent: wxnotify\r\naccept: */*\r\n"
            + (authorization == null ? "" : "authorization: " + authorization + "\r\n");
    this.targetAndHeaders = text.getBytes(US_ASCII);
  }

  /** Returns a POST of {@code json} in its wire format. */
  ByteBuf post(ByteBufAllocator allocator, byte[] json) {
    byte[] length = Integer.toString(json.length).getBytes(US_ASCII);
    return allocator
        .directBuffer(
            POST.length
                + targetAndHeaders.length
                + JSON_OF_LENGTH.length
                + MAX_DIGITS
                + END.length
                + json.length)
        .writeBytes(POST)
        .writeBytes(targetAndHeaders)
        .writeBytes(JSON_OF_LENGTH)
        .writeBytes(length)
        .writeBytes(END)
        .writeBytes(json);
  }

  /** Returns a GET in its wire format. */
  ByteBuf get(ByteBufAllocator allocator) {
    return allocator
        .directBuffer(GET.length + targetAndHeaders.length + LINE_END.length)
        .writeBytes(GET)
        .writeBytes(targetAndHeaders)
        .writeBytes(LINE_END);
  }
}
