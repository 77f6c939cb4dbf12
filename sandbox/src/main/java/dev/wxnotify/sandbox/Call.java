package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
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

  boolean isForm() {
    return contentType.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded");
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
