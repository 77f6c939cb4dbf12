package dev.wxnotify.sandbox;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A send as the inbox shows it: what a user would see, and what became of it. The texts are the
 * sender's and have to be escaped.
 *
 * @param number of the send, see {@link ReceivedSend#number}
 * @param appId empty if its token is nobody's
 * @param openId empty if there was none to read, as all other texts
 * @param title of the template; empty if the app has no such template
 * @param language such as {@code zh_CN}
 * @param state {@code developer}, {@code trial} or {@code formal}
 * @param rid of the answer; empty if it has none
 * @param msgid as digits; empty if the message was not accepted
 * @param effect what spoilt the answer, as faults write it; empty for nothing
 * @param checks the keywords of the template, in its order; all keywords of the message if the app
 *     has no such template
 * @param unknown the keywords of the message that the template does not have
 * @param newestReceipt what was pushed last about it; null for nothing
 */
record InboxMessage(
    long number,
    Instant time,
    String appId,
    String openId,
    String templateId,
    String title,
    String page,
    String language,
    String state,
    int errcode,
    String errmsg,
    String rid,
    String msgid,
    String effect,
    List<KeywordCheck> checks,
    List<KeywordCheck> unknown,
    ReceiptState receipt,
    @Nullable SandboxPush newestReceipt) {

  /** True if the message was accepted, also where the answer did not say so. */
  boolean accepted() {
    return !msgid.isEmpty();
  }
}
