package dev.wxnotify.web;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request, as pages see it.
 *
 * @param method in capitals, as in {@code GET}
 * @param path begins with a slash, without the query, percent escapes decoded
 * @param query the parameters of the query, decoded; the first of several with one name
 * @param headers by name, in any case. Several headers of one name are joined by {@code ", "}, and
 *     those of {@code Cookie} by {@code "; "}: so two {@code Host} headers are no valid host.
 * @param body empty if there is none; its size is bounded by the HTTP side
 * @param peer the address of the client, or of the proxy before it
 */
@SuppressWarnings("ArrayRecordComponent") // Read once, by one handler; never compared.
public record PageRequest(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    byte[] body,
    InetAddress peer) {

  /** Copies the query and the headers. */
  public PageRequest {
    query = Map.copyOf(query);
    TreeMap<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    byName.putAll(headers);
    headers = byName;
  }

  /**
   * Makes a request of what an HTTP server has.
   *
   * @param target the path and the query, as they stand in the request line
   */
  public static PageRequest of(
      String method, String target, Map<String, String> headers, byte[] body, InetAddress peer) {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    String query = mark < 0 ? "" : target.substring(mark + 1);
    return new PageRequest(
        method, UrlEncoded.decodePath(path), UrlEncoded.parse(query), headers, body, peer);
  }

  /** The value of a header, or null. */
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  /** The value of a cookie, the first of several, or null. */
  public @Nullable String cookie(String name) {
    String header = header("cookie");
    return header == null ? null : Cookies.parse(header).get(name);
  }

  /** A parameter of the query, or null. */
  public @Nullable String parameter(String name) {
    return query.get(name);
  }

  /**
   * The fields of a form that was sent as {@code application/x-www-form-urlencoded}; empty for
   * another type. Rubbish is no error: what cannot be decoded stays as it is.
   */
  public Map<String, String> form() {
    String type = header("content-type");
    if (type == null
        || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/x-www-form-urlencoded")) {
      return Map.of();
    }
    return UrlEncoded.parse(new String(body, StandardCharsets.UTF_8));
  }

  /** Whether the method promises to change nothing. */
  public boolean isSafe() {
    return switch (method.toUpperCase(Locale.ROOT)) {
      case "GET", "HEAD", "OPTIONS" -> true;
      default -> false;
    };
  }

  /** The path and the query, encoded: a link to this page. */
  public String target() {
    String path = UrlEncoded.encodePath(this.path);
    return query.isEmpty() ? path : path + "?" + UrlEncoded.format(new TreeMap<>(query));
  }
}
