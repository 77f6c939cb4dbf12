package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks each keyword of a message for somebody who looks, by the rules that a send is under. */
final class KeywordChecks {

  private final SendRules rules;

  KeywordChecks(SendRules rules) {
    this.rules = rules;
  }

  /** The keywords of the template, in its order; those of the message if there is no template. */
  List<KeywordCheck> of(JsonNode data, @Nullable SandboxTemplate template) {
    List<KeywordCheck> checks = new ArrayList<>();
    if (template == null) {
      data.fieldNames()
          .forEachRemaining(
              name ->
                  checks.add(
                      check(name, "", valueOf(data, name), false, KeywordProblem.NO_TEMPLATE)));
      return checks;
    }
    for (SandboxTemplate.Keyword keyword : template.keywords()) {
      String value = valueOf(data, keyword.name());
      KeywordProblem problem =
          data.has(keyword.name()) ? problem(keyword, value) : KeywordProblem.MISSING;
      checks.add(check(keyword.name(), keyword.label(), value, problem == null, problem));
    }
    return checks;
  }

  /** The keywords of the message that the template does not have. */
  List<KeywordCheck> unknown(JsonNode data, @Nullable SandboxTemplate template) {
    List<KeywordCheck> unknown = new ArrayList<>();
    if (template == null) {
      return unknown;
    }
    data.fieldNames()
        .forEachRemaining(
            name -> {
              if (template.keywords().stream().noneMatch(known -> known.name().equals(name))) {
                String value = valueOf(data, name);
                unknown.add(
                    hasForbiddenWord(value)
                        ? check(name, "", value, false, KeywordProblem.FORBIDDEN_WORD)
                        : check(
                            name, "", value, !rules.unknownKeysRefused(), KeywordProblem.UNKNOWN));
              }
            });
    return unknown;
  }

  private @Nullable KeywordProblem problem(SandboxTemplate.Keyword keyword, String value) {
    return hasForbiddenWord(value)
        ? KeywordProblem.FORBIDDEN_WORD
        : MessageCheck.problem(keyword, value);
  }

  private boolean hasForbiddenWord(String value) {
    return rules.blacklist().stream().anyMatch(value::contains);
  }

  private static String valueOf(JsonNode data, String keyword) {
    return MessageCheck.value(data.path(keyword).path("value"));
  }

  private static KeywordCheck check(
      String keyword, String label, String value, boolean ok, @Nullable KeywordProblem problem) {
    KeywordType type = KeywordType.of(keyword);
    return new KeywordCheck(
        keyword, label, value, type.label(), value.length(), type.limit(), ok, problem);
  }
}
