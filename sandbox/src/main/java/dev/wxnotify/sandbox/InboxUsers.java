package dev.wxnotify.sandbox;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The users as the inbox shows them: those of the last sends, and those of the ledger. */
final class InboxUsers {

  /** How many sends it looks at. */
  private static final int SENDS = 1_000;

  private record User(String appId, String openId) {}

  private final Mailbox mailbox;
  private final SubscriptionLedger ledger;
  private final AppTemplates templates;

  InboxUsers(Mailbox mailbox, SubscriptionLedger ledger, AppTemplates templates) {
    this.mailbox = mailbox;
    this.ledger = ledger;
    this.templates = templates;
  }

  /**
   * Those with the newest sends first.
   *
   * @param appId empty for all apps
   * @param openId a part of the open id; empty for all
   */
  List<InboxUser> list(String appId, String openId, int most) {
    Set<User> users = new LinkedHashSet<>();
    List<ReceivedSend> sends = ControlViews.newest(mailbox.received(), SENDS);
    for (int i = sends.size() - 1; i >= 0; i--) {
      ReceivedSend send = sends.get(i);
      AcceptedMessage message = send.accepted();
      String to = message == null ? SentContent.of(send.body()).openId() : message.openId();
      if (!send.appId().isEmpty() && !to.isEmpty()) {
        users.add(new User(send.appId(), to));
      }
    }
    ledger.list().forEach(entry -> users.add(new User(entry.appId(), entry.openId())));
    return users.stream()
        .filter(user -> appId.isEmpty() || appId.equals(user.appId()))
        .filter(user -> user.openId().contains(openId))
        .limit(most)
        .map(user -> find(user.appId(), user.openId()))
        .toList();
  }

  /** One user, known or not. */
  InboxUser find(String appId, String openId) {
    return new InboxUser(
        appId,
        openId,
        templates.list(appId).stream().map(template -> entry(appId, openId, template)).toList());
  }

  private InboxUser.Entry entry(String appId, String openId, SandboxTemplate template) {
    return new InboxUser.Entry(
        template,
        ledger.find(appId, openId, template.id()),
        ledger.allows(appId, openId, template.id()));
  }
}
