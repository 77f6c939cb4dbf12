package dev.wxnotify.web;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The answer to a request. The HTTP side adds its length, and no header that is here already. */
public sealed interface PageAnswer {

  /** The headers, beside {@code Content-Type} and what the HTTP side adds. */
  Map<String, String> headers();

  /**
   * An answer with a body that is known.
   *
   * @param contentType empty if there is no body
   */
  @SuppressWarnings("ArrayRecordComponent") // Written once; never compared.
  record Whole(int status, String contentType, byte[] body, Map<String, String> headers)
      implements PageAnswer {

    /** Copies the headers. */
    public Whole {
      headers = Map.copyOf(headers);
    }

    /** The same answer with one more header, or another value of it. */
    public Whole with(String name, String value) {
      Map<String, String> more = new HashMap<>(headers);
      more.put(name, value);
      return new Whole(status, contentType, body, more);
    }

    /** The same answer with another status. */
    public Whole status(int other) {
      return new Whole(other, contentType, body, headers);
    }
  }

  /** Events for as long as the client listens: {@code text/event-stream}, 200. */
  record Stream(EventSource source, Map<String, String> headers) implements PageAnswer {

    /** Copies the headers. */
    public Stream {
      headers = Map.copyOf(headers);
    }
  }

  /** A page, or a part of one. */
  static Whole html(byte[] body) {
    return new Whole(200, "text/html; charset=utf-8", body, PageHeaders.ofPages());
  }

  /** One line of text, as for an error. */
  static Whole text(int status, String line) {
    return new Whole(
        status,
        "text/plain; charset=utf-8",
        (line + "\n").getBytes(StandardCharsets.UTF_8),
        PageHeaders.ofPages());
  }

  /** JSON. */
  static Whole json(int status, byte[] body) {
    return new Whole(status, "application/json; charset=utf-8", body, PageHeaders.ofPages());
  }

  /**
   * Sends the browser to another page after a form (303).
   *
   * @param path a path of this host
   */
  static Whole seeOther(String path) {
    return new Whole(303, "", new byte[0], PageHeaders.ofPages()).with("Location", path);
  }

  /** Nothing to show (204). */
  static Whole nothing() {
    return new Whole(204, "", new byte[0], PageHeaders.ofPages());
  }

  /** A stream of events. */
  static Stream events(EventSource source) {
    return new Stream(source, PageHeaders.ofPages());
  }
}
