package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request, as the endpoints see it.
 *
 * @param headersOnly true to answer it before its body has been read
 */
record Call(
    String method,
    String path,
    Map<String, String> query,
    String contentType,
    RawBody body,
    String remoteIp,
    boolean headersOnly) {

  @Nullable String parameter(String name) {
    return query.get(name);
  }

  /** True if the query has this parameter with a value. */
  boolean has(String name) {
    return !query.getOrDefault(name, "").isEmpty();
  }

  boolean isForm() {
    return contentType.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded");
  }

  /** The fields of a form, in the order in which they stand there. */
  Map<String, List<String>> form() throws Refused {
    if (body.isEmpty()) {
      throw new Refused(ErrorTexts.EMPTY_BODY);
    }
    return new QueryStringDecoder(body.text(), false).parameters();
  }

  ObjectNode json() throws Refused {
    if (body.isEmpty()) {
      throw new Refused(ErrorTexts.EMPTY_BODY);
    }
    return Json.read(body).orElseThrow(() -> new Refused(ErrorTexts.BAD_JSON));
  }

  /** Leaves out the query, which carries the secret or the token. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
