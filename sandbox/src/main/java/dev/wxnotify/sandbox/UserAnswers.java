package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What users answer to dialogs and change in the settings: the ledger, and the pushes of it. */
final class UserAnswers {

  /** The popup scene of a page of the Mini Program. */
  static final String IN_A_PAGE = "0";

  static final String ACCEPT = "accept";
  static final String REJECT = "reject";

  private static final String POPUP = "popup";
  private static final String SETTINGS = "settings";

  /** Choices that are kept; the oldest is forgotten beyond. */
  private static final int MOST_KEPT_CHOICES = 100_000;

  private record Key(String appId, String openId, String templateId) {}

  private final SubscriptionLedger ledger;
  private final AppTemplates templates;
  private final Pushes pushes;
  private final InstantSource clock;
  private final InboxLog log;

  @GuardedBy("this")
  private final Map<Key, Boolean> keptChoices =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
          return size() > MOST_KEPT_CHOICES;
        }
      };

  UserAnswers(
      SubscriptionLedger ledger,
      AppTemplates templates,
      Pushes pushes,
      InstantSource clock,
      InboxLog log) {
    this.ledger = ledger;
    this.templates = templates;
    this.pushes = pushes;
    this.clock = clock;
    this.log = log;
  }

  /** Sets what the ledger has of a user and a template; not pushed. */
  void set(Subscription subscription) {
    ledger.put(subscription);
    said(
        subscription.appId(),
        subscription.openId(),
        List.of(subscription.templateId()),
        ControlFields.lower(subscription.kind()),
        "set",
        1);
  }

  /**
   * A user accepts templates in a dialog, which WeChat does not show where the choice is kept.
   *
   * @param times how often; each time is a push of its own, a second after the one before, since
   *     receivers would take two pushes of one second for duplicates
   * @param answer {@code accept}, or a word like {@code acceptWithAudio}
   * @param keep whether the user ticks "always keep my choice"
   * @return how many pushes there were
   */
  int allow(
      String appId,
      String openId,
      List<String> templateIds,
      int times,
      String popupScene,
      String answer,
      boolean keep) {
    int pushed = 0;
    Instant now = clock.instant();
    for (int i = times - 1; i >= 0; i--) {
      boolean silent = areKept(appId, openId, templateIds);
      templateIds.forEach(id -> ledger.accept(appId, openId, id, isLongTerm(appId, id), 1));
      if (keep) {
        keep(appId, openId, templateIds);
      }
      if (!silent || pushes.pushesSilentAccepts()) {
        Map<String, String> answers = all(templateIds, answer);
        pushed += push(appId, PushContent.popup(openId, now.minusSeconds(i), answers, popupScene));
      }
    }
    said(appId, openId, templateIds, answer, POPUP, times);
    return pushed;
  }

  /** A user gives another answer in a dialog: {@code reject}, or a word like {@code ban}. */
  int answer(
      String appId, String openId, List<String> templateIds, String answer, String popupScene) {
    if (answer.equals(REJECT)) {
      templateIds.forEach(id -> ledger.put(Subscription.rejected(appId, openId, id)));
    }
    said(appId, openId, templateIds, answer, POPUP, 1);
    Map<String, String> answers = all(templateIds, answer);
    return push(appId, PushContent.popup(openId, clock.instant(), answers, popupScene));
  }

  /** A user turns templates on in the settings, which gives no credit and is not pushed. */
  void allowInSettings(String appId, String openId, List<String> templateIds) {
    templateIds.forEach(id -> ledger.accept(appId, openId, id, isLongTerm(appId, id), 0));
    said(appId, openId, templateIds, ACCEPT, SETTINGS, 1);
  }

  /** A user turns templates off in the settings, and with them the choices that are kept. */
  int rejectInSettings(String appId, String openId, List<String> templateIds) {
    templateIds.forEach(id -> ledger.put(Subscription.rejected(appId, openId, id)));
    synchronized (this) {
      for (String id : templateIds) {
        keptChoices.remove(new Key(appId, openId, id));
      }
    }
    said(appId, openId, templateIds, REJECT, SETTINGS, 1);
    return push(appId, PushContent.change(openId, clock.instant(), all(templateIds, REJECT)));
  }

  synchronized void forget() {
    keptChoices.clear();
  }

  private void said(
      String appId,
      String openId,
      List<String> templateIds,
      String answer,
      String source,
      int times) {
    List<String> ids = List.copyOf(templateIds);
    log.add(
        (number, time) ->
            new InboxEvent.UserAnswered(number, time, appId, openId, ids, answer, source, times));
  }

  private int push(String appId, PushContent content) {
    return pushes.push(appId, content) == null ? 0 : 1;
  }

  private synchronized boolean areKept(String appId, String openId, List<String> templateIds) {
    for (String id : templateIds) {
      if (!keptChoices.containsKey(new Key(appId, openId, id))) {
        return false;
      }
    }
    return true;
  }

  private synchronized void keep(String appId, String openId, List<String> templateIds) {
    for (String id : templateIds) {
      keptChoices.put(new Key(appId, openId, id), true);
    }
  }

  private boolean isLongTerm(String appId, String templateId) {
    SandboxTemplate template = templates.find(appId, templateId);
    return template != null && template.longTerm();
  }

  private static Map<String, String> all(List<String> templateIds, String answer) {
    Map<String, String> answers = new LinkedHashMap<>();
    templateIds.forEach(id -> answers.put(id, answer));
    return answers;
  }
}
