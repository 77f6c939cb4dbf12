package dev.wxnotify.server.push;

import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.NewEvent;
import dev.wxnotify.server.journal.PushListener.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the three events about subscribe messages in a push (WeChat: subscribe_msg_sent_event,
 * subscribe_msg_popup_event and subscribe_msg_change_event).
 *
 * <p>WeChat writes them in many ways: the items are in a wrapper in XML and at the top in JSON, one
 * item is an object or an array of one, numbers are numbers or texts. All of it is accepted in both
 * formats. What an item cannot do without is checked, since it becomes a key or is shown to
 * callers; an item without it is left out, and the others count.
 */
final class EventReader {
  private static final Pattern ID = Pattern.compile("[!-~]{1,128}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,20}");
  private static final Pattern UNSAFE = Pattern.compile("[\\p{Cntrl}\\p{Cs}]");
  private static final long LAST_SECOND = 253_402_300_799L; // The end of the year 9999.
  private static final int MAX_TEXT = 256;
  private static final String NO_ERROR = "0";

  private EventReader() {}

  /**
   * What a push says about subscribe messages.
   *
   * @param events what is to be stored
   * @param unreadable how many items, or events as a whole, cannot be read
   */
  record Found(Kind kind, List<NewEvent> events, int unreadable) {
    static final Found NOTHING = new Found(Kind.OTHER, List.of(), 0);
  }

  /**
   * Reads a push.
   *
   * @param signedSeconds its time where it does not name one itself
   */
  static Found read(String appId, PushNode push, long signedSeconds, Instant receivedAt) {
    return switch (push.text("Event")) {
      case "subscribe_msg_sent_event" ->
          new Items(appId, push, signedSeconds, receivedAt, Kind.SENT)
              .read("SubscribeMsgSentEvent");
      case "subscribe_msg_popup_event" ->
          new Items(appId, push, signedSeconds, receivedAt, Kind.POPUP)
              .read("SubscribeMsgPopupEvent");
      case "subscribe_msg_change_event" ->
          new Items(appId, push, signedSeconds, receivedAt, Kind.CHANGE)
              .read("SubscribeMsgChangeEvent");
      default -> Found.NOTHING;
    };
  }

  private record Items(
      String appId, PushNode push, long signedSeconds, Instant receivedAt, Kind kind) {

    Found read(String wrapper) {
      String openId = push.text("FromUserName");
      Optional<Instant> occurredAt = occurredAt();
      if (!isId(openId) || occurredAt.isEmpty()) {
        return new Found(kind, List.of(), 1);
      }
      List<PushNode> items = new ArrayList<>(push.all("List"));
      push.all(wrapper).forEach(each -> items.addAll(each.all("List")));
      List<NewEvent> events = new ArrayList<>();
      for (PushNode item : items) {
        (kind == Kind.SENT
                ? receipt(item, openId, occurredAt.get())
                : answer(item, openId, occurredAt.get()))
            .ifPresent(events::add);
      }
      int unreadable = items.isEmpty() ? 1 : items.size() - events.size();
      return new Found(kind, List.copyOf(events), unreadable);
    }

    private Optional<Instant> occurredAt() {
      String text = push.text("CreateTime");
      if (text.isEmpty()) {
        return Optional.of(Instant.ofEpochSecond(signedSeconds));
      }
      if (!NUMBER.matcher(text).matches() || text.length() > 12) {
        return Optional.empty();
      }
      long seconds = Long.parseLong(text);
      return seconds > 0 && seconds <= LAST_SECOND
          ? Optional.of(Instant.ofEpochSecond(seconds))
          : Optional.empty();
    }

    /** The template may be missing: the id of the message suffices to find the rest. */
    private Optional<NewEvent> receipt(PushNode item, String openId, Instant at) {
      String templateId = item.text("TemplateId");
      String messageId = item.text("MsgID");
      String code = clean(item.text("ErrorCode"));
      String status = clean(item.text("ErrorStatus"));
      if (!(templateId.isEmpty() || isId(templateId)) || !NUMBER.matcher(messageId).matches()) {
        return Optional.empty();
      }
      if (code.isEmpty() && status.isEmpty()) {
        return Optional.empty(); // It does not say what became of the message.
      }
      boolean delivered = code.isEmpty() ? status.equals("success") : code.equals(NO_ERROR);
      return Optional.of(
          new NewEvent(
              EventKey.of("sent", appId, messageId, templateId),
              event(
                  openId,
                  templateId,
                  at,
                  new Event.DeliveryReport(
                      delivered,
                      messageId,
                      code.isEmpty() && delivered ? NO_ERROR : code,
                      status))));
    }

    private Optional<NewEvent> answer(PushNode item, String openId, Instant at) {
      String templateId = item.text("TemplateId");
      String word = clean(item.text("SubscribeStatusString"));
      if (!isId(templateId) || word.isEmpty()) {
        return Optional.empty();
      }
      boolean isPopup = kind == Kind.POPUP;
      String scene = isPopup ? clean(item.text("PopupScene")) : "";
      return Optional.of(
          new NewEvent(
              EventKey.of(
                  isPopup ? "popup" : "change",
                  appId,
                  openId,
                  String.valueOf(at.getEpochSecond()),
                  templateId,
                  word,
                  scene),
              event(
                  openId,
                  templateId,
                  at,
                  new Event.SubscriptionChange(
                      Event.Answer.of(word),
                      word,
                      isPopup ? Event.Source.POPUP : Event.Source.SETTINGS,
                      scene))));
    }

    private Event event(String openId, String templateId, Instant at, Event.Detail detail) {
      return new Event(appId, openId, templateId, at, receivedAt, detail);
    }
  }

  private static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** A foreign text goes to logs and databases, where not every character is possible. */
  private static String clean(String text) {
    String clean = UNSAFE.matcher(text).replaceAll(" ").strip();
    return clean.length() <= MAX_TEXT
        ? clean
        : clean.substring(0, clean.offsetByCodePoints(0, clean.codePointCount(0, MAX_TEXT) - 1));
  }
}
