package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The control calls that do what a user does: answer dialogs, change the settings. */
final class ControlUsers {

  private static final Set<String> ALLOW_FIELDS =
      Set.of("app_id", "template_ids", "count", "source", "scene", "answer", "keep");
  private static final Set<String> REJECT_FIELDS =
      Set.of("app_id", "template_ids", "source", "scene", "answer");
  private static final Pattern OPEN_ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");
  private static final Pattern WORD = Pattern.compile("[A-Za-z]{1,64}");
  private static final Pattern SCENE = Pattern.compile("[A-Za-z0-9]{1,16}");
  private static final int MOST_TIMES = 100;

  private enum Source {
    POPUP,
    SETTINGS
  }

  private final FakeWeChat weChat;

  ControlUsers(FakeWeChat weChat) {
    this.weChat = weChat;
  }

  ObjectNode allow(Call call) throws ControlError {
    return allow(ControlPaths.named(call), ControlFields.of(call, ALLOW_FIELDS));
  }

  ObjectNode reject(Call call) throws ControlError {
    return reject(ControlPaths.named(call), ControlFields.of(call, REJECT_FIELDS));
  }

  /** The same for a form. */
  ObjectNode allow(String name, ObjectNode form) throws ControlError {
    return allow(name, ControlFields.of(form, ALLOW_FIELDS));
  }

  /** The same for a form. */
  ObjectNode reject(String name, ObjectNode form) throws ControlError {
    return reject(name, ControlFields.of(form, REJECT_FIELDS));
  }

  private ObjectNode allow(String name, ControlFields fields) throws ControlError {
    Mistakes mistakes = new Mistakes();
    String openId = mistakes.or(name, () -> openId(name));
    String appId = mistakes.or("", () -> appId(fields));
    List<String> templateIds = mistakes.or(List.of(), () -> templateIds(fields));
    boolean keep = mistakes.or(false, () -> keep(fields));
    int count = mistakes.or(1, () -> count(fields));
    Source source = mistakes.or(Source.POPUP, () -> source(fields));
    String scene = mistakes.or("", () -> matching(fields, "scene", UserAnswers.IN_A_PAGE, SCENE));
    String answer = mistakes.or("", () -> matching(fields, "answer", UserAnswers.ACCEPT, WORD));
    mistakes.check();
    if (source == Source.SETTINGS) {
      if (fields.has("count") || fields.has("scene") || keep) {
        throw ControlError.badField(
            "source", "source: settings (expected: no count, scene or keep with it)");
      }
      weChat.users().allowInSettings(appId, openId, templateIds);
      return pushed(0);
    }
    return pushed(weChat.users().allow(appId, openId, templateIds, count, scene, answer, keep));
  }

  private ObjectNode reject(String name, ControlFields fields) throws ControlError {
    Mistakes mistakes = new Mistakes();
    String openId = mistakes.or(name, () -> openId(name));
    String appId = mistakes.or("", () -> appId(fields));
    List<String> templateIds = mistakes.or(List.of(), () -> templateIds(fields));
    Source source = mistakes.or(Source.POPUP, () -> source(fields));
    String answer = mistakes.or("", () -> matching(fields, "answer", UserAnswers.REJECT, WORD));
    String scene = mistakes.or("", () -> matching(fields, "scene", UserAnswers.IN_A_PAGE, SCENE));
    mistakes.check();
    if (source == Source.SETTINGS) {
      if (fields.has("scene") || fields.has("answer")) {
        throw ControlError.badField(
            "source", "source: settings (expected: no scene or answer with it)");
      }
      return pushed(weChat.users().rejectInSettings(appId, openId, templateIds));
    }
    return pushed(weChat.users().answer(appId, openId, templateIds, answer, scene));
  }

  private static int count(ControlFields fields) throws ControlError {
    int count = fields.integer("count", 1);
    if (count < 1 || count > MOST_TIMES) {
      throw ControlError.badField("count", "count: " + count + " (expected: 1 to 100)");
    }
    return count;
  }

  static boolean isOpenId(String text) {
    return OPEN_ID.matcher(text).matches();
  }

  static String openId(String openId) throws ControlError {
    if (!isOpenId(openId)) {
      throw ControlError.badField(
          "open_id", "open_id: " + openId + " (expected: 1 to 128 letters, digits, - and _)");
    }
    return openId;
  }

  private String appId(ControlFields fields) throws ControlError {
    return ControlChanges.appOrOnly(fields, weChat.tokens().appIds());
  }

  private List<String> templateIds(ControlFields fields) throws ControlError {
    List<String> templateIds = fields.texts("template_ids");
    for (String id : templateIds) {
      if (weChat.templates().stream().noneMatch(template -> template.id().equals(id))) {
        throw ControlError.badField("template_ids", "template_ids: " + id + " (unknown)");
      }
    }
    return templateIds.stream().distinct().toList();
  }

  private static boolean keep(ControlFields fields) throws ControlError {
    if (!fields.has("keep")) {
      return false;
    }
    String keep = fields.text("keep");
    if (!keep.equals("always")) {
      throw ControlError.badField("keep", "keep: " + keep + " (expected: always)");
    }
    return true;
  }

  private static Source source(ControlFields fields) throws ControlError {
    return fields.has("source") ? fields.constant("source", Source.class) : Source.POPUP;
  }

  private static String matching(ControlFields fields, String name, String otherwise, Pattern form)
      throws ControlError {
    String text = fields.text(name, otherwise);
    if (!form.matcher(text).matches()) {
      throw ControlError.badField(name, name + ": " + text + " (expected: " + form + ")");
    }
    return text;
  }

  private static ObjectNode pushed(int pushes) {
    return Json.object().put("pushes", pushes);
  }
}
