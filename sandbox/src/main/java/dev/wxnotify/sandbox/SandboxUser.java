package dev.wxnotify.sandbox;

import java.util.List;

/**
 * A user of one app, who answers dialogs and changes the settings. Each answer changes the ledger
 * and is pushed if the app has a URL.
 */
public final class SandboxUser {

  private final FakeWeChat weChat;
  private final String appId;
  private final String openId;

  SandboxUser(FakeWeChat weChat, String appId, String openId) {
    this.weChat = weChat;
    this.appId = appId;
    this.openId = openId;
  }

  /**
   * The user taps 允许 in a dialog: one message more of each one-time template, any number of each
   * long-term one.
   *
   * @throws IllegalArgumentException if the app has no such template
   */
  public void allows(String... templateIds) {
    allows(1, templateIds);
  }

  /**
   * The same several times.
   *
   * @param times each is pushed
   */
  public void allows(int times, String... templateIds) {
    weChat
        .users()
        .allow(
            appId,
            openId,
            known(templateIds),
            times,
            UserAnswers.IN_A_PAGE,
            UserAnswers.ACCEPT,
            false);
  }

  /**
   * The user taps 拒绝 in a dialog: sends get 43101.
   *
   * @throws IllegalArgumentException if the app has no such template
   */
  public void rejects(String... templateIds) {
    weChat
        .users()
        .answer(appId, openId, known(templateIds), UserAnswers.REJECT, UserAnswers.IN_A_PAGE);
  }

  /**
   * The user turns templates off in the settings: sends get 43101.
   *
   * @throws IllegalArgumentException if the app has no such template
   */
  public void turnsOff(String... templateIds) {
    weChat.users().rejectInSettings(appId, openId, known(templateIds));
  }

  private List<String> known(String... templateIds) {
    for (String id : templateIds) {
      if (weChat.templates().stream().noneMatch(template -> template.id().equals(id))) {
        throw new IllegalArgumentException("template: " + id + " (unknown)");
      }
    }
    return List.of(templateIds);
  }
}
