package dev.wxnotify.server.message;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How one app sends flash-sale reminders; the defaults are what the company's old service did.
 *
 * @param page the page that a tap opens, without query
 * @param templateId the template for callers that name none; empty for none
 * @param goodsKeyword the keyword for the goods name
 * @param timeKeyword the keyword for the time
 * @param noteKeyword the keyword for {@code note}
 * @param note the fixed text
 */
public record SeckillTemplate(
    String page,
    String templateId,
    String goodsKeyword,
    String timeKeyword,
    String noteKeyword,
    String note) {

  /** From this many UTF-16 units on a goods name is cut. */
  private static final int CUT_FROM = 20;

  private static final int CUT_TO = 15;
  private static final String ELLIPSIS = "...";
  private static final int MAX_GOODS_NAME = 1024;

  /** Takes a leading slash off the page. */
  public SeckillTemplate {
    page = page.startsWith("/") ? page.substring(1) : page;
  }

  /**
   * Makes the message that WeChat gets.
   *
   * @throws InvalidMessageException with everything that is wrong
   */
  public SubscribeMessage fill(SeckillMessage seckill) {
    String template = templateOf(seckill);
    FieldChecks checks = new FieldChecks();
    checks.requireIdentifier("open_id", seckill.openId(), SubscribeMessage.MAX_ID);
    if (template.isEmpty()) {
      checks.add("template_id", "is required: the app has none configured");
    } else {
      checks.requireIdentifier("template_id", template, SubscribeMessage.MAX_ID);
    }
    checks.requireText("goods_name", withoutControls(seckill.goodsName()), MAX_GOODS_NAME);
    checkTime(seckill.time(), checks);
    // These are URL-encoded, so that any characters one can see will do.
    checks.requireOwnIdentifier("corp_id", seckill.corpId(), SubscribeMessage.MAX_ID);
    checks.requireOwnIdentifier("customer_id", seckill.customerId(), SubscribeMessage.MAX_ID);
    String filledPage =
        page
            + "?corpId="
            + encode(seckill.corpId())
            + "&customerId="
            + encode(seckill.customerId());
    checkLength(filledPage, checks);
    checks.throwIfBroken();

    return new SubscribeMessage(
        seckill.openId(), template, filledPage, data(seckill), seckill.state(), seckill.language());
  }

  /** Returns the template of a reminder; empty where neither the caller nor the app has one. */
  public String templateOf(SeckillMessage seckill) {
    return seckill.templateId().isEmpty() ? templateId : seckill.templateId();
  }

  /** Returns the values of a reminder by keyword, whether they keep the rules or not. */
  public Map<String, String> data(SeckillMessage seckill) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put(goodsKeyword, shorten(seckill.goodsName()));
    data.put(timeKeyword, seckill.time());
    data.put(noteKeyword, note);
    return data;
  }

  /** Returns the keywords that every reminder fills in. */
  public List<String> keywords() {
    return List.of(goodsKeyword, timeKeyword, noteKeyword);
  }

  /**
   * Names the caller's field where WeChat names a keyword that this template filled from one. The
   * note is the operator's, and has none.
   */
  public Violation inCallersTerms(Violation violation) {
    String rule = violation.description();
    if (violation.equals(Violation.ofKeyword(goodsKeyword, rule))) {
      return new Violation("goods_name", rule);
    }
    if (violation.equals(Violation.ofKeyword(timeKeyword, rule))) {
      return new Violation("time", rule);
    }
    return violation;
  }

  private static void checkTime(String time, FieldChecks checks) {
    if (time.isEmpty()) {
      checks.add("time", "is required");
    } else {
      checks.addIfBroken("time", KeywordRule.TIME.check(time));
    }
  }

  /** A caller gives no page, but the two ids that make one long: nine characters for a Chinese. */
  private static void checkLength(String filledPage, FieldChecks checks) {
    if (filledPage.length() > SubscribeMessage.MAX_PAGE) {
      String description =
          "makes the page "
              + filledPage.length()
              + " characters long, with the other id and encoded (at most "
              + SubscribeMessage.MAX_PAGE
              + ")";
      checks.add("corp_id", description);
      checks.add("customer_id", description);
    }
  }

  /** What a reader sees as one character is never cut. */
  static String shorten(String goodsName) {
    String clean = withoutControls(goodsName);
    return clean.length() < CUT_FROM ? clean : Graphemes.start(clean, CUT_TO) + ELLIPSIS;
  }

  /** WeChat refuses control characters. */
  private static String withoutControls(String text) {
    return text.replaceAll("\\p{Cc}", " ");
  }

  /** As a URI component: a blank is {@code %20}, since a page's query is decoded as such. */
  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
