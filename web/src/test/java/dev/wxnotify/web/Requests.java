package dev.wxnotify.web;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Makes requests. */
final class Requests {
  private Requests() {}

  static PageRequest get(String target, String... namesAndValues) {
    return of("GET", target, "", namesAndValues);
  }

  static PageRequest post(String target, String form, String... namesAndValues) {
    return of("POST", target, form, namesAndValues);
  }

  static PageRequest of(String method, String target, String body, String... namesAndValues) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("Host", "localhost");
    if (!body.isEmpty()) {
      headers.put("Content-Type", "application/x-www-form-urlencoded");
    }
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return PageRequest.of(
        method,
        target,
        headers,
        body.getBytes(StandardCharsets.UTF_8),
        InetAddress.getLoopbackAddress());
  }
}
