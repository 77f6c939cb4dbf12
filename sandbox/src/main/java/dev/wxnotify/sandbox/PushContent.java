package dev.wxnotify.sandbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a push says.
 *
 * @param createdAt when it happened; pushed in whole seconds
 * @param fields what follows {@code CreateTime}, in WeChat's order
 * @param list the elements of {@code List}; null for a push that has none
 */
record PushContent(
    PushEventKind kind,
    String openId,
    Instant createdAt,
    Map<String, String> fields,
    @Nullable Items list) {

  /** The names of the elements that XML has without CDATA, and that "scalars" concerns. */
  static final List<String> NUMBERS =
      List.of("CreateTime", "MsgID", "MsgId", "ErrorCode", "PopupScene");

  /**
   * A list.
   *
   * @param wrapper its name in XML
   * @param alwaysArray whether WeChat's page shows it as an array in JSON
   * @param elements their fields, in the order of WeChat's page
   */
  record Items(String wrapper, boolean alwaysArray, List<Map<String, String>> elements) {}

  static PushContent sent(AcceptedMessage message, Instant now, PushFailure result) {
    Map<String, String> item = new LinkedHashMap<>();
    item.put("TemplateId", message.templateId());
    item.put("MsgID", Long.toString(message.msgid()));
    item.put("ErrorCode", result.errorCode());
    item.put("ErrorStatus", result.errorStatus());
    return new PushContent(
        PushEventKind.SENT,
        message.openId(),
        now,
        event("subscribe_msg_sent_event"),
        new Items("SubscribeMsgSentEvent", false, List.of(item)));
  }

  /** What a user answered to a dialog, for each template that it showed. */
  static PushContent popup(
      String openId, Instant now, Map<String, String> answers, String popupScene) {
    List<Map<String, String>> items = new ArrayList<>();
    answers.forEach(
        (templateId, answer) -> {
          Map<String, String> item = item(templateId, answer);
          item.put("PopupScene", popupScene);
          items.add(item);
        });
    return new PushContent(
        PushEventKind.POPUP,
        openId,
        now,
        event("subscribe_msg_popup_event"),
        new Items("SubscribeMsgPopupEvent", true, items));
  }

  /** What a user changed in the settings. */
  static PushContent change(String openId, Instant now, Map<String, String> answers) {
    List<Map<String, String>> items = new ArrayList<>();
    answers.forEach((templateId, answer) -> items.add(item(templateId, answer)));
    return new PushContent(
        PushEventKind.CHANGE,
        openId,
        now,
        event("subscribe_msg_change_event"),
        new Items("SubscribeMsgChangeEvent", true, items));
  }

  /** Any other push. */
  static PushContent other(String openId, Instant now, Map<String, String> fields) {
    return new PushContent(PushEventKind.OTHER, openId, now, fields, null);
  }

  /** False for a receipt of a message that was not delivered. */
  boolean saysDelivered() {
    return list == null
        || list.elements().stream()
            .map(item -> item.getOrDefault("ErrorCode", PushFailure.NONE.errorCode()))
            .allMatch(PushFailure.NONE.errorCode()::equals);
  }

  PushContent at(Instant time) {
    return new PushContent(kind, openId, time, fields, list);
  }

  private static Map<String, String> event(String name) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("MsgType", "event");
    fields.put("Event", name);
    return fields;
  }

  private static Map<String, String> item(String templateId, String answer) {
    Map<String, String> item = new LinkedHashMap<>();
    item.put("TemplateId", templateId);
    item.put("SubscribeStatusString", answer);
    return item;
  }
}
