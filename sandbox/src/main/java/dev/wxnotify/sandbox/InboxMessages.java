package dev.wxnotify.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * The messages as the inbox shows them. Everything is computed when somebody looks: a send costs no
 * more than its {@link ReceivedSend}.
 *
 * <p>What pages need is here and in {@link InboxUsers}, {@link InboxTokens} and {@link InboxLog};
 * the types are {@link InboxMessage}, {@link KeywordCheck}, {@link InboxDetail}, {@link
 * InboxFilter} and {@link InboxEvent}.
 */
final class InboxMessages {

  /**
   * A part of a list, newest first.
   *
   * @param before what to ask for to get the next part; 0 if there is none
   */
  record Part(List<InboxMessage> messages, long before) {}

  private final Mailbox mailbox;
  private final PushLog pushes;
  private final AppTemplates templates;
  private final KeywordChecks checks;
  private final RawTexts texts;

  InboxMessages(SandboxOptions options, Mailbox mailbox, PushLog pushes, AppTemplates templates) {
    this.mailbox = mailbox;
    this.pushes = pushes;
    this.templates = templates;
    this.checks = new KeywordChecks(options.sends());
    this.texts = new RawTexts(options.answers().msgid());
  }

  /** How many sends are kept. */
  int total() {
    return mailbox.received().size();
  }

  /**
   * The newest sends that match.
   *
   * @param before only those with a smaller number; 0 or less for all
   * @param most how many at most, above 0
   */
  Part list(InboxFilter filter, long before, int most) {
    List<ReceivedSend> all = mailbox.received();
    Map<Long, Push> receipts = pushes.newestByMsgid();
    List<InboxMessage> messages = new ArrayList<>();
    for (int i = all.size() - 1; i >= 0; i--) {
      ReceivedSend send = all.get(i);
      if ((before <= 0 || send.number() < before) && matches(filter, send, receipts)) {
        if (messages.size() == most) {
          return new Part(messages, messages.get(most - 1).number());
        }
        messages.add(view(send, receipts));
      }
    }
    return new Part(messages, 0);
  }

  /** One message with the state that it has now. */
  InboxMessage view(ReceivedSend send) {
    return view(send, pushes.newestByMsgid());
  }

  /** A send by its number; null if there is none, or none any more. */
  @Nullable InboxDetail find(long number) {
    ReceivedSend send = mailbox.find(number);
    return send == null ? null : detail(send);
  }

  /** An accepted message by its id; null if there is none, or none any more. */
  @Nullable InboxDetail findByMsgid(long msgid) {
    for (ReceivedSend send : mailbox.acceptedSends()) {
      AcceptedMessage message = send.accepted();
      if (message != null && message.msgid() == msgid) {
        return detail(send);
      }
    }
    return null;
  }

  private InboxDetail detail(ReceivedSend send) {
    AcceptedMessage message = send.accepted();
    List<SandboxPush> receipts =
        message == null
            ? List.of()
            : pushes.list().stream()
                .filter(push -> push.msgid() != null && push.msgid() == message.msgid())
                .map(Push::view)
                .toList();
    RawTexts.Answered answer = texts.answer(send);
    return new InboxDetail(
        view(send),
        texts.request(send),
        texts.requestBody(send),
        answer.text(),
        answer.end(),
        receipts);
  }

  /**
   * True if all of the filter matches.
   *
   * @param receipts by the id of the message; null if the filter does not ask for them
   */
  static boolean matches(
      InboxFilter filter, ReceivedSend send, @Nullable Map<Long, Push> receipts) {
    return filter.matches(send)
        && (receipts == null
            || !filter.asksForReceipt()
            || filter.receipt() == state(receipt(send, receipts)));
  }

  /** What became of the newest receipt of a message. */
  static ReceiptState receiptOf(ReceivedSend send, Map<Long, Push> receipts) {
    return state(receipt(send, receipts));
  }

  private InboxMessage view(ReceivedSend send, Map<Long, Push> receipts) {
    AcceptedMessage message = send.accepted();
    SentContent content = SentContent.of(send.body());
    SandboxTemplate template = templates.find(send.appId(), content.templateId());
    Push receipt = receipt(send, receipts);
    Matcher rid = RequestLog.AT_THE_END.matcher(send.errmsg());
    Effect effect = send.effect();
    return new InboxMessage(
        send.number(),
        send.time(),
        send.appId(),
        content.openId(),
        content.templateId(),
        template == null ? "" : template.title(),
        content.page(),
        content.language(),
        content.state(),
        send.errcode(),
        send.errmsg(),
        rid.find() ? rid.group(1) : "",
        message == null ? "" : Long.toString(message.msgid()),
        effect == null ? "" : effect.toString(),
        checks.of(content.data(), template),
        checks.unknown(content.data(), template),
        state(receipt),
        receipt == null ? null : receipt.view());
  }

  private static @Nullable Push receipt(ReceivedSend send, Map<Long, Push> receipts) {
    AcceptedMessage message = send.accepted();
    return message == null ? null : receipts.get(message.msgid());
  }

  private static ReceiptState state(@Nullable Push receipt) {
    return receipt == null ? ReceiptState.NONE : ReceiptState.of(receipt);
  }
}
