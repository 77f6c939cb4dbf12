package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks the page and the values of a message whose recipient has been checked. */
final class MessageCheck {

  /** A page that starts like this is not in the released Mini Program. */
  static final String UNKNOWN_PAGE = "pages/none";

  private final SendRules rules;

  MessageCheck(SendRules rules) {
    this.rules = rules;
  }

  /** Reports the first thing that is wrong, in WeChat's order. */
  void check(ObjectNode message, SandboxTemplate template) throws Refused {
    checkPage(message.path("page").asText(""));
    JsonNode data = message.path("data");
    checkBlacklist(data);
    for (SandboxTemplate.Keyword keyword : template.keywords()) {
      checkValue(keyword, data.path(keyword.name()).path("value"));
    }
    if (rules.unknownKeysRefused()) {
      checkKeys(data, template);
    }
  }

  private static void checkPage(String page) throws Refused {
    String path = page.startsWith("/") ? page.substring(1) : page;
    if (path.startsWith(UNKNOWN_PAGE)) {
      throw new Refused(ErrorTexts.INVALID_PAGE);
    }
  }

  private void checkBlacklist(JsonNode data) throws Refused {
    Set<String> blacklist = rules.blacklist();
    if (blacklist.isEmpty()) {
      return;
    }
    for (JsonNode entry : data) {
      String value = entry.path("value").asText("");
      if (blacklist.stream().anyMatch(value::contains)) {
        throw new Refused(ErrorTexts.BLACKLISTED);
      }
    }
  }

  private static void checkValue(SandboxTemplate.Keyword keyword, JsonNode node) throws Refused {
    KeywordProblem problem = problem(keyword, value(node));
    if (problem != null) {
      throw badValue(keyword.name(), problem == KeywordProblem.EMPTY ? "is empty" : "invalid");
    }
  }

  /** A value that is a number is read as text; it is not known whether WeChat does so. */
  static String value(JsonNode node) {
    return node.isTextual() || node.isNumber() ? node.asText() : "";
  }

  /** What is wrong with the value of a keyword; null for nothing. */
  static @Nullable KeywordProblem problem(SandboxTemplate.Keyword keyword, String value) {
    if (value.isEmpty()) {
      return KeywordProblem.EMPTY;
    }
    return keyword.values().isEmpty() || keyword.values().contains(value)
        ? KeywordType.of(keyword.name()).problem(value)
        : KeywordProblem.NOT_LISTED;
  }

  private static void checkKeys(JsonNode data, SandboxTemplate template) throws Refused {
    Set<String> known =
        template.keywords().stream()
            .map(SandboxTemplate.Keyword::name)
            .collect(Collectors.toUnmodifiableSet());
    for (var names = data.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw badValue(name, "invalid");
      }
    }
  }

  private static Refused badValue(String keyword, String what) {
    return new Refused(
        ErrorTexts.BAD_VALUE, "argument invalid! data." + keyword + ".value " + what);
  }
}
