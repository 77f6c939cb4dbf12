package dev.wxnotify.server.push;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a push in JSON. Numbers are kept as they are written: an id exceeds 2^53, and must not pass
 * through a double.
 */
final class PushJson {
  /** Names are strangers' too, and must not stay in a table of the process. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA) // WeChat's own sample has one.
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .build();

  private PushJson() {}

  /**
   * Reads a text.
   *
   * @throws Refusal if it is not one complete JSON object
   */
  static PushNode read(String text) throws Refusal {
    try (JsonParser parser = JSON.createParser(text)) {
      parser.nextToken();
      PushNode root = object(parser, 1);
      if (parser.nextToken() == null) {
        return root;
      }
    } catch (IOException e) {
      // Its text repeats what was pushed.
    }
    throw Refusal.malformedBody("is not one complete JSON object");
  }

  private static PushNode object(JsonParser parser, int depth) throws IOException {
    Map<String, List<PushNode>> parts = new HashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      List<PushNode> values = parts.computeIfAbsent(name, unused -> new ArrayList<>());
      if (token != JsonToken.START_ARRAY) {
        values.add(value(parser, token, depth + 1));
      } else {
        for (JsonToken each = parser.nextToken();
            each != JsonToken.END_ARRAY;
            each = parser.nextToken()) {
          values.add(value(parser, each, depth + 1));
        }
      }
    }
    return new PushNode("", parts);
  }

  private static PushNode value(JsonParser parser, JsonToken token, int depth) throws IOException {
    if (token == JsonToken.START_OBJECT && depth <= PushNode.DEPTH) {
      return object(parser, depth);
    }
    if (token.isStructStart()) {
      parser.skipChildren();
      return PushNode.EMPTY;
    }
    return token == JsonToken.VALUE_NULL
        ? PushNode.EMPTY
        : new PushNode(parser.getText(), Map.of());
  }
}
