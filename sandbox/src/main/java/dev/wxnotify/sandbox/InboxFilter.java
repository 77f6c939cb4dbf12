package dev.wxnotify.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * Which sends to show. Empty texts and nulls match all.
 *
 * @param openId a part of the open id
 * @param exactOpenId the whole open id
 * @param text a part of the open id, the template id, the page or a value, in any case
 * @param accepted true for accepted messages only, false for the others only
 * @param after only sends with a greater number
 */
record InboxFilter(
    String appId,
    String openId,
    String exactOpenId,
    String templateId,
    @Nullable Integer errcode,
    String text,
    @Nullable ReceiptState receipt,
    @Nullable Boolean accepted,
    long after) {

  static final InboxFilter ALL = new InboxFilter("", "", "", "", null, "", null, null, 0);

  /** The filter of the inbox's page. */
  static InboxFilter of(
      String appId,
      String openIdPart,
      String templateId,
      @Nullable Integer errcode,
      String text,
      @Nullable ReceiptState receipt) {
    return new InboxFilter(appId, openIdPart, "", templateId, errcode, text, receipt, null, 0);
  }

  /** True if only the state of the receipt can tell. */
  boolean asksForReceipt() {
    return receipt != null;
  }

  /** All but the receipt. Reads the body only if nothing else says no. */
  boolean matches(ReceivedSend send) {
    AcceptedMessage message = send.accepted();
    if (send.number() <= after
        || (!appId.isEmpty() && !appId.equals(send.appId()))
        || (errcode != null && errcode != send.errcode())
        || (accepted != null && accepted != (message != null))) {
      return false;
    }
    if (message != null && text.isEmpty()) {
      return matches(message.openId(), message.templateId());
    }
    if (text.isEmpty() && openId.isEmpty() && exactOpenId.isEmpty() && templateId.isEmpty()) {
      return true;
    }
    SentContent content = SentContent.of(send.body());
    return matches(content.openId(), content.templateId()) && (text.isEmpty() || says(content));
  }

  private boolean matches(String ofOpenId, String ofTemplateId) {
    return ofOpenId.contains(openId)
        && (exactOpenId.isEmpty() || exactOpenId.equals(ofOpenId))
        && (templateId.isEmpty() || templateId.equals(ofTemplateId));
  }

  private boolean says(SentContent content) {
    if (isIn(content.openId()) || isIn(content.templateId()) || isIn(content.page())) {
      return true;
    }
    for (var value : content.data()) {
      if (isIn(value.path("value").asText(""))) {
        return true;
      }
    }
    return false;
  }

  private boolean isIn(String value) {
    int most = value.length() - text.length();
    for (int i = 0; i <= most; i++) {
      if (value.regionMatches(true, i, text, 0, text.length())) {
        return true;
      }
    }
    return false;
  }
}
