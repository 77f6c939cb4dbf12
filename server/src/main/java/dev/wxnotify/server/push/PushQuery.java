package dev.wxnotify.server.push;

import dev.wxnotify.server.journal.PushListener.Result;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The parameters of a push.
 *
 * @param parameters decoded, by name
 */
record PushQuery(Map<String, String> parameters) {
  private static final int MAX_PARAMETERS = 32;
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");

  /** Copies the parameters. */
  PushQuery {
    parameters = Map.copyOf(parameters);
  }

  /**
   * Reads the query of a URI.
   *
   * @throws Refusal if it is malformed, has a parameter twice, or too many of them
   */
  static PushQuery of(String raw) throws Refusal {
    Map<String, String> all = new HashMap<>();
    try {
      Map<String, List<String>> decoded =
          new QueryStringDecoder(raw, StandardCharsets.UTF_8, false, MAX_PARAMETERS + 1, true)
              .parameters();
      if (decoded.size() > MAX_PARAMETERS) { // More are left out, one that is there twice too.
        throw new Refusal(
            Result.MALFORMED, "query", "has more than " + MAX_PARAMETERS + " parameters");
      }
      for (Map.Entry<String, List<String>> each : decoded.entrySet()) {
        if (each.getValue().size() > 1) {
          throw new Refusal(Result.MALFORMED, "query", "has a parameter twice");
        }
        all.put(each.getKey(), each.getValue().get(0));
      }
    } catch (IllegalArgumentException e) {
      throw new Refusal(Result.MALFORMED, "query", "cannot be decoded");
    }
    return new PushQuery(all);
  }

  /**
   * Returns a parameter.
   *
   * @throws Refusal if there is none
   */
  String get(String name) throws Refusal {
    String value = parameters.getOrDefault(name, "");
    if (value.isEmpty()) {
      throw new Refusal(Result.MALFORMED, field(name), "is required");
    }
    return value;
  }

  /**
   * Returns when the push was signed, in seconds since 1970.
   *
   * @throws Refusal if it is missing or no number
   */
  long seconds() throws Refusal {
    String text = get("timestamp");
    if (!SECONDS.matcher(text).matches()) {
      throw new Refusal(Result.MALFORMED, field("timestamp"), "must be seconds since 1970");
    }
    return Long.parseLong(text);
  }

  static String field(String name) {
    return "query[\"" + name + "\"]";
  }

  /** Contains no value: some are signatures. */
  @Override
  public String toString() {
    return "PushQuery" + parameters.keySet();
  }
}
