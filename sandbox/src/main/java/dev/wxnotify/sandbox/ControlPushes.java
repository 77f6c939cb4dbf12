package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The control calls about pushes. */
final class ControlPushes {

  private static final Set<String> SETTINGS_FIELDS =
      Set.of("app_id", "url", "token", "aes_key", "mode", "format");
  private static final Set<String> STOP_FIELDS = Set.of("app_id");
  private static final Set<String> PUSH_FIELDS = Set.of("app_id", "what", "open_id", "text");
  private static final Set<String> RESEND_FIELDS = Set.of("anew");
  private static final Set<String> RECEIPT_FIELDS = Set.of("result", "error_code", "error_status");

  private enum Result {
    DELIVERED,
    FAILED
  }

  private final FakeWeChat weChat;
  private final Pushes pushes;

  ControlPushes(FakeWeChat weChat) {
    this.weChat = weChat;
    this.pushes = weChat.pushes();
  }

  /** Where the pushes go, without the secrets. */
  ObjectNode settings() {
    ObjectNode json = Json.object();
    ObjectNode apps = json.putObject("apps");
    new TreeMap<>(pushes.targets()).forEach((appId, target) -> put(apps.putObject(appId), target));
    return json;
  }

  /** Does what WeChat's form does; what is missing stays as it is. */
  ObjectNode change(Call call) throws ControlError {
    return change(ControlFields.of(call, SETTINGS_FIELDS));
  }

  /** The same for a form. */
  ObjectNode change(ObjectNode form) throws ControlError {
    return change(ControlFields.of(form, SETTINGS_FIELDS));
  }

  private ObjectNode change(ControlFields fields) throws ControlError {
    String appId = appId(fields);
    PushTarget before = pushes.targets().get(appId);
    PushMode mode = before == null ? PushMode.PLAIN : before.mode();
    PushFormat format = before == null ? PushFormat.XML : before.format();
    try {
      PushTarget target =
          new PushTarget(
              before == null || fields.has("url") ? url(fields) : before.url(),
              before == null || fields.has("token") ? fields.text("token") : before.token(),
              aesKey(fields, before),
              fields.has("mode") ? fields.constant("mode", PushMode.class) : mode,
              fields.has("format") ? fields.constant("format", PushFormat.class) : format);
      pushes.pushTo(appId, target);
      ObjectNode json = Json.object();
      put(json, target);
      return json;
    } catch (IllegalArgumentException e) {
      throw ControlError.badField(e);
    }
  }

  ObjectNode stop(Call call) throws ControlError {
    return stop(ControlFields.orNone(call, STOP_FIELDS));
  }

  /** The same for a form. */
  ObjectNode stop(ObjectNode form) throws ControlError {
    return stop(ControlFields.of(form, STOP_FIELDS));
  }

  private ObjectNode stop(ControlFields fields) throws ControlError {
    pushes.stop(appId(fields));
    return settings();
  }

  /** The newest pushes that match, oldest first. */
  ObjectNode list(Call call) throws ControlError {
    List<SandboxPush> matching =
        pushes.log().list().stream()
            .filter(push -> ControlViews.matches(call.parameter("app_id"), push.appId()))
            .filter(
                push -> ControlViews.matches(call.parameter("open_id"), push.content().openId()))
            .filter(
                push -> ControlViews.matches(call.parameter("kind"), push.content().kind().label()))
            .filter(
                push -> ControlViews.matches(call.parameter("msgid"), String.valueOf(push.msgid())))
            .map(Push::view)
            .filter(
                push ->
                    ControlViews.matches(
                        call.parameter("state"), ControlFields.lower(push.state())))
            .toList();
    ObjectNode json = Json.object().put("total", matching.size());
    ArrayNode list = json.putArray("pushes");
    ControlViews.newest(matching, ControlViews.limit(call))
        .forEach(push -> put(list.addObject(), push));
    return json;
  }

  /** Pushes something that is none of the three events. */
  ObjectNode push(Call call) throws ControlError {
    return push(ControlFields.of(call, PUSH_FIELDS));
  }

  /** The same for a form. */
  ObjectNode push(ObjectNode form) throws ControlError {
    return push(ControlFields.of(form, PUSH_FIELDS));
  }

  private ObjectNode push(ControlFields fields) throws ControlError {
    Mistakes mistakes = new Mistakes();
    String appId = mistakes.or("", () -> appId(fields));
    String openId =
        mistakes.or("", () -> ControlUsers.openId(fields.text("open_id", "sandbox-user")));
    Map<String, String> content = mistakes.or(Map.of(), () -> content(fields));
    mistakes.check();
    return made(pushes.push(appId, PushContent.other(openId, weChat.clock().instant(), content)));
  }

  private static Map<String, String> content(ControlFields fields) throws ControlError {
    String what = fields.text("what");
    Map<String, String> content = OtherPushes.fields(what, fields.text("text", "hello world"));
    if (content.isEmpty()) {
      throw ControlError.badField(
          "what", "what: " + what + " (expected: one of " + OtherPushes.KINDS + ")");
    }
    return content;
  }

  ObjectNode resend(Call call) throws ControlError {
    return resend(ControlPaths.named(call), ControlFields.orNone(call, RESEND_FIELDS).flag("anew"));
  }

  /** Pushes once more what has this id, the same bytes or {@code anew}. */
  ObjectNode resend(String id, boolean anew) throws ControlError {
    Push original = pushes.log().find(ControlPaths.number(id, "id"));
    if (original == null) {
      throw ControlError.badField("id", "id: " + id + " (unknown)");
    }
    return made(pushes.resend(original, anew));
  }

  ObjectNode receipt(Call call) throws ControlError {
    return receipt(ControlPaths.named(call), ControlFields.orNone(call, RECEIPT_FIELDS));
  }

  /** The same for a form. */
  ObjectNode receipt(String msgid, ObjectNode form) throws ControlError {
    return receipt(msgid, ControlFields.of(form, RECEIPT_FIELDS));
  }

  /** Pushes a receipt of a message that was accepted, whether or not it had one before. */
  private ObjectNode receipt(String name, ControlFields fields) throws ControlError {
    Mistakes mistakes = new Mistakes();
    Result result =
        mistakes.or(
            Result.DELIVERED,
            () ->
                fields.has("result") ? fields.constant("result", Result.class) : Result.DELIVERED);
    PushFailure otherwise = result == Result.FAILED ? pushes.failure() : PushFailure.NONE;
    String code =
        mistakes.or(otherwise.errorCode(), () -> fields.text("error_code", otherwise.errorCode()));
    String status =
        mistakes.or(
            otherwise.errorStatus(), () -> fields.text("error_status", otherwise.errorStatus()));
    mistakes.check();
    long msgid = ControlPaths.number(name, "msgid");
    AcceptedMessage message =
        weChat.mailbox().accepted().stream()
            .filter(accepted -> accepted.msgid() == msgid)
            .findFirst()
            .orElseThrow(() -> ControlError.badField("msgid", "msgid: " + msgid + " (unknown)"));
    if (!pushes.targets().containsKey(message.appId())) {
      throw noUrl();
    }
    try {
      return made(pushes.receipt(message, new PushFailure(code, status)));
    } catch (IllegalArgumentException e) {
      throw ControlError.badField(e);
    }
  }

  private String appId(ControlFields fields) throws ControlError {
    return ControlChanges.appOrOnly(fields, weChat.tokens().appIds());
  }

  private static URI url(ControlFields fields) throws ControlError {
    String url = fields.text("url");
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      throw ControlError.badField("url", "url: " + url + " (expected: http:// or https://)");
    }
  }

  private static @Nullable String aesKey(ControlFields fields, @Nullable PushTarget before)
      throws ControlError {
    if (fields.has("aes_key")) {
      return fields.text("aes_key");
    }
    return before == null ? null : before.aesKey();
  }

  private static ObjectNode made(@Nullable Push push) throws ControlError {
    if (push == null) {
      throw noUrl();
    }
    return Json.object().put("id", push.id());
  }

  private static ControlError noUrl() {
    return ControlError.badField("app_id", "app_id: has no push URL (see POST /sandbox/push)");
  }

  private static void put(ObjectNode json, PushTarget target) {
    json.put("url", target.url().toString())
        .put("mode", ControlFields.lower(target.mode()))
        .put("format", ControlFields.lower(target.format()));
  }

  static void put(ObjectNode json, SandboxPush push) {
    json.put("id", push.id())
        .put("app_id", push.appId())
        .put("kind", push.kind().label())
        .put("event", push.event())
        .put("open_id", push.openId());
    if (push.msgid() != null) {
      // As text, since many JSON readers would round the number.
      json.put("msgid", push.msgid().toString());
    }
    json.put("state", ControlFields.lower(push.state())).put("time", push.createdAt().toString());
    ArrayNode faults = json.putArray("faults");
    push.faults().forEach(faults::add);
    if (push.resendOf() != 0) {
      json.put("resend_of", push.resendOf());
    }
    json.put("query", push.query())
        .put("content_type", push.contentType())
        .put("text", push.text())
        .put("body", push.body());
    ArrayNode attempts = json.putArray("attempts");
    for (SandboxPush.Attempt attempt : push.attempts()) {
      attempts
          .addObject()
          .put("time", attempt.time().toString())
          .put("status", attempt.status())
          .put("answer", attempt.answer())
          .put("ms", attempt.millis());
    }
  }
}
