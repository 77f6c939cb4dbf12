package dev.wxnotify.server.message;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as WeChat's {@code /cgi-bin/message/subscribe/send} takes it. It keeps every rule that
 * can be checked here.
 *
 * @param openId the recipient
 * @param templateId the template
 * @param page the page that a tap opens, without a leading slash; empty for none
 * @param data values by keyword, in the caller's order
 * @param state the version of the Mini Program that a tap opens
 * @param language the language of the message's frame
 */
public record SubscribeMessage(
    String openId,
    String templateId,
    String page,
    Map<String, String> data,
    MiniProgramState state,
    Language language) {

  static final int MAX_ID = 128;

  /** Our limit: WeChat publishes none. */
  static final int MAX_PAGE = 1024;

  /**
   * Our limit: a template has at most 5 keywords (WeChat: addTemplate), extra ones may be
   * tolerated.
   */
  static final int MAX_DATA = 64;

  private static final int CHARACTERS_PER_WEIGHT = 8_192;

  private static final String DATA_SUFFIX = ".DATA";

  /**
   * Checks and normalises.
   *
   * @throws InvalidMessageException with everything that is wrong
   */
  public SubscribeMessage {
    page = withoutLeadingSlash(page);
    data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
    FieldChecks checks = new FieldChecks();
    checks.requireIdentifier("open_id", openId, MAX_ID);
    checks.requireIdentifier("template_id", templateId, MAX_ID);
    checks.optionalPage("page", page, MAX_PAGE);
    checkData(data, checks);
    checks.throwIfBroken();
  }

  /** WeChat takes both forms today; an older API of it did not take the slash. */
  private static String withoutLeadingSlash(String page) {
    return page.startsWith("/") ? page.substring(1) : page;
  }

  private static void checkData(Map<String, String> data, FieldChecks checks) {
    if (data.isEmpty()) {
      checks.add("data", "is required");
    }
    if (data.size() > MAX_DATA) {
      checks.add("data", "has " + data.size() + " entries (at most " + MAX_DATA + ")");
      return;
    }
    data.forEach((keyword, value) -> checkEntry(keyword, value, checks));
  }

  private static void checkEntry(String keyword, String value, FieldChecks checks) {
    if (keyword.isEmpty() || keyword.length() > MAX_ID) {
      checks.add(
          "data", "has a keyword of " + keyword.length() + " characters (1 to " + MAX_ID + ")");
      return;
    }
    String broken = brokenRule(keyword, value);
    if (broken != null) {
      checks.add("data[\"" + keyword + "\"]", broken);
    }
  }

  private static @Nullable String brokenRule(String keyword, String value) {
    if (keyword.endsWith(DATA_SUFFIX)) {
      return "the keyword must be given without " + DATA_SUFFIX;
    }
    if (Blanks.isAny(keyword)) {
      return "the keyword has white space, control or invisible characters";
    }
    if (value.isEmpty()) {
      return "is empty";
    }
    if (FieldChecks.hasControl(value)) {
      return "has control characters";
    }
    if (Blanks.isAll(value)) {
      return "has nothing but white space or invisible characters";
    }
    KeywordRule rule = KeywordRule.of(keyword);
    return rule == null ? null : rule.check(value);
  }

  /**
   * Returns what the message counts for where memory is limited: 1 for all ordinary ones, and one
   * more for each {@value #CHARACTERS_PER_WEIGHT} characters.
   */
  public int weight() {
    int characters = openId.length() + templateId.length() + page.length();
    for (Map.Entry<String, String> entry : data.entrySet()) {
      characters += entry.getKey().length() + entry.getValue().length();
    }
    return 1 + characters / CHARACTERS_PER_WEIGHT;
  }

  /** Never holds the open id or the data. */
  @Override
  public String toString() {
    return "SubscribeMessage[" + templateId + "]";
  }
}
