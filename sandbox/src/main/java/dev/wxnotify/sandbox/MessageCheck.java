package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.stream.Collectors;

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

  /** A value that is a number is read as text; it is not known whether WeChat does so. */
  private static void checkValue(SandboxTemplate.Keyword keyword, JsonNode node) throws Refused {
    String value = node.isTextual() || node.isNumber() ? node.asText() : "";
    if (value.isEmpty()) {
      throw badValue(keyword.name(), "is empty");
    }
    boolean listed = keyword.values().isEmpty() || keyword.values().contains(value);
    if (!listed || !KeywordType.of(keyword.name()).accepts(value)) {
      throw badValue(keyword.name(), "invalid");
    }
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
