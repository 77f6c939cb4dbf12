package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A message template of an app.
 *
 * @param id its {@code priTmplId}, 43 characters of base64url
 * @param title what the user sees on top
 * @param longTerm true if one subscription allows many messages
 * @param keywords its lines
 */
public record SandboxTemplate(String id, String title, boolean longTerm, List<Keyword> keywords) {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final int ONE_TIME_TYPE = 2;
  private static final int LONG_TERM_TYPE = 3;

  /**
   * One line of a template.
   *
   * @param name the key in the data of a message, for example {@code thing1}
   * @param label the text before the value
   * @param example a valid value
   * @param values the only values allowed; empty unless the keyword is an enumeration
   */
  public record Keyword(String name, String label, String example, List<String> values) {

    private static final Pattern NAME = Pattern.compile("[a-z_]+[0-9]+");

    /** Rejects a name that no WeChat keyword can have. */
    public Keyword {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("name: " + name + " (expected: like thing1)");
      }
      values = List.copyOf(values);
    }

    /** A keyword that is not an enumeration. */
    public Keyword(String name, String label, String example) {
      this(name, label, example, List.of());
    }
  }

  /** Rejects an id that WeChat could not have issued. */
  public SandboxTemplate {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("id: " + id + " (expected: 43 characters of base64url)");
    }
    keywords = List.copyOf(keywords);
  }

  /** WeChat's number for one-time and long-term templates. */
  static int type(boolean longTerm) {
    return longTerm ? LONG_TERM_TYPE : ONE_TIME_TYPE;
  }

  ObjectNode json() {
    StringBuilder content = new StringBuilder();
    StringBuilder example = new StringBuilder();
    for (Keyword keyword : keywords) {
      content.append(keyword.label()).append(":{{").append(keyword.name()).append(".DATA}}\n");
      example.append(keyword.label()).append(':').append(keyword.example()).append('\n');
    }
    ObjectNode json =
        Json.object()
            .put("priTmplId", id)
            .put("title", title)
            .put("content", content.toString())
            .put("example", example.toString());
    addEnumerations(json);
    return json.put("type", type(longTerm));
  }

  /** The list is absent if it would be empty, and its codes end in ".DATA". */
  private void addEnumerations(ObjectNode json) {
    List<Keyword> enumerations = keywords.stream().filter(k -> !k.values().isEmpty()).toList();
    if (enumerations.isEmpty()) {
      return;
    }
    ArrayNode list = json.putArray("keywordEnumValueList");
    for (Keyword keyword : enumerations) {
      ObjectNode entry = list.addObject().put("keywordCode", keyword.name() + ".DATA");
      ArrayNode values = entry.putArray("enumValueList");
      keyword.values().forEach(values::add);
    }
  }
}
