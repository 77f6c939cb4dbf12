package dev.wxnotify.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * The form of pushes where WeChat is silent or contradicts itself.
 *
 * @param documented true for JSON as WeChat's page shows it: {@code CreateTime} as text, the fields
 *     of {@code List} in the page's order; false for JSON as developers see it: {@code CreateTime}
 *     a number, the fields of {@code List} in alphabetical order
 * @param openIdInPlain whether the query has an {@code openid} in plain mode too
 * @param contentType the header; null for {@code application/json} or {@code text/xml}
 * @param silentAccepts whether an acceptance without a dialog, after "always keep my choice", is
 *     pushed
 */
public record PushStyle(
    boolean documented,
    boolean openIdInPlain,
    @Nullable String contentType,
    boolean silentAccepts) {

  /** As developers see it. */
  public static final PushStyle OBSERVED = new PushStyle(false, false, null, true);

  /** As WeChat's page shows it. */
  public static final PushStyle DOCUMENTED = new PushStyle(true, false, null, true);

  String contentType(PushFormat format) {
    if (contentType != null) {
      return contentType;
    }
    return format == PushFormat.JSON ? "application/json" : "text/xml";
  }
}
