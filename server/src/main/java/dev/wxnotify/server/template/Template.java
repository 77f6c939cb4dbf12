package dev.wxnotify.server.template;

import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.message.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One template of an app.
 *
 * @param id the id that messages name (WeChat: {@code priTmplId})
 * @param title its title; may be empty
 * @param kind how a subscription to it is used
 * @param content the text with its keywords, as WeChat stores it
 * @param example the same text with example values
 * @param keywords the keywords, in the order of {@code content}
 */
public record Template(
    String id, String title, Kind kind, String content, String example, List<Keyword> keywords) {

  /** More values do not help a person, and an error has little room. */
  private static final int MAX_VALUES_SHOWN = 10;

  /** How a subscription to a template is used (WeChat: {@code type}). */
  public enum Kind {
    /** Each acceptance allows one message (2). */
    ONE_TIME,
    /** One acceptance allows any number of messages (3). */
    LONG_TERM,
    /** WeChat gave another type. */
    UNKNOWN
  }

  /** Copies. */
  public Template {
    keywords = List.copyOf(keywords);
  }

  /**
   * Returns what WeChat would refuse in the data of a message: a keyword without a value, and a
   * value that is not in the keyword's list. A key that the template lacks is no violation: it is
   * not known that WeChat refuses one, so WeChat decides.
   */
  public List<Violation> check(Map<String, String> data) {
    List<Violation> violations = List.of();
    for (Keyword keyword : keywords) {
      String value = data.get(keyword.key());
      if (value == null) {
        violations = with(violations, keyword, "is required by the template");
      } else if (!keyword.enumValues().isEmpty() && !keyword.enumValues().contains(value)) {
        violations = with(violations, keyword, "is not one of the values " + values(keyword));
      }
    }
    return violations;
  }

  private static List<Violation> with(List<Violation> before, Keyword keyword, String description) {
    List<Violation> violations = new ArrayList<>(before);
    violations.add(Violation.ofKeyword(keyword.key(), description));
    return violations;
  }

  private static String values(Keyword keyword) {
    List<String> all = keyword.enumValues();
    return all.size() <= MAX_VALUES_SHOWN
        ? String.join(", ", all)
        : String.join(", ", all.subList(0, MAX_VALUES_SHOWN)) + ", …";
  }

  /**
   * Returns why flash-sale reminders cannot be sent with this template; empty if they can.
   *
   * @param seckill how the reminders are filled in
   */
  Optional<String> unfitFor(SeckillTemplate seckill) {
    List<String> filled = seckill.keywords();
    for (String each : filled) {
      if (keywords.stream().noneMatch(keyword -> keyword.key().equals(each))) {
        return Optional.of("has no keyword " + each);
      }
    }
    return keywords.stream()
        .map(Keyword::key)
        .filter(key -> !filled.contains(key))
        .findFirst()
        .map(key -> "has the keyword " + key + ", which reminders do not fill in");
  }
}
