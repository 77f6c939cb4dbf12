package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;

/** What the inbox has, as JSON. */
final class InboxJson {

  private InboxJson() {}

  /** An accepted message in a list. */
  static void putMessage(ObjectNode json, ReceivedSend send) {
    AcceptedMessage message = Objects.requireNonNull(send.accepted());
    json
        // As text, since many JSON readers would round the number.
        .put("msgid", Long.toString(message.msgid()))
        .put("app_id", message.appId())
        .put("open_id", message.openId())
        .put("template_id", message.templateId())
        .put("time", message.time().toString())
        .put("body", message.body().text())
        .put("number", send.number());
  }

  /** A send in a list. */
  static void putSend(ObjectNode json, ReceivedSend send) {
    json.put("errcode", send.errcode())
        .put("time", send.time().toString())
        .put("body", send.body().text())
        .put("number", send.number())
        .put("app_id", send.appId())
        .put("errmsg", send.errmsg());
    AcceptedMessage message = send.accepted();
    if (message != null) {
      json.put("msgid", Long.toString(message.msgid()));
    }
    Effect effect = send.effect();
    if (effect != null) {
      json.put("effect", effect.toString());
    }
  }

  /** One send with everything. */
  static void put(ObjectNode json, InboxDetail detail) {
    InboxMessage message = detail.message();
    json.put("number", message.number())
        .put("time", message.time().toString())
        .put("app_id", message.appId())
        .put("open_id", message.openId())
        .put("template_id", message.templateId())
        .put("title", message.title())
        .put("page", message.page())
        .put("lang", message.language())
        .put("miniprogram_state", message.state())
        .put("errcode", message.errcode())
        .put("errmsg", message.errmsg());
    putUnlessEmpty(json, "rid", message.rid());
    putUnlessEmpty(json, "msgid", message.msgid());
    putUnlessEmpty(json, "effect", message.effect());
    json.put("receipt", message.receipt().label());
    putChecks(json.putArray("keywords"), message.checks());
    putChecks(json.putArray("unknown_keywords"), message.unknown());
    json.put("request", detail.request()).put("answer", detail.answer());
    putUnlessEmpty(json, "end", detail.end());
    ArrayNode receipts = json.putArray("receipts");
    detail.receipts().forEach(push -> ControlPushes.put(receipts.addObject(), push));
  }

  /** An event; its kind and number are outside. */
  static ObjectNode of(InboxEvent event) {
    ObjectNode json = Json.object();
    if (event instanceof InboxEvent.Message message) {
      putEvent(json, message.send());
    } else if (event instanceof InboxEvent.PushChanged push) {
      putPush(json, push);
    } else if (event instanceof InboxEvent.UserAnswered user) {
      json.put("app_id", user.appId()).put("open_id", user.openId());
      user.templateIds().forEach(json.putArray("template_ids")::add);
      json.put("answer", user.answer())
          .put("source", user.source())
          .put("count", user.times())
          .put("time", user.time().toString());
    } else if (event instanceof InboxEvent.FaultsChanged fault) {
      json.put("of", fault.ofPushes() ? "pushes" : "calls")
          .put("change", ControlFields.lower(fault.change()));
      putUnlessEmpty(json, fault.ofPushes() ? "event" : "endpoint", fault.where());
      putUnlessEmpty(json, "what", fault.what());
      json.put("time", fault.time().toString());
    } else if (event instanceof InboxEvent.TokenChanged token) {
      json.put("app_id", token.appId())
          .put("kind", token.of())
          .put("change", token.change())
          .put("time", token.time().toString());
    } else if (event instanceof InboxEvent.Reset reset) {
      json.put("reason", "reset").put("time", reset.time().toString());
    }
    return json;
  }

  private static void putEvent(ObjectNode json, ReceivedSend send) {
    putSend(json, send);
    AcceptedMessage message = send.accepted();
    if (message != null) {
      json.put("open_id", message.openId()).put("template_id", message.templateId());
    } else {
      SentContent content = SentContent.of(send.body());
      json.put("open_id", content.openId()).put("template_id", content.templateId());
    }
  }

  private static void putPush(ObjectNode json, InboxEvent.PushChanged push) {
    json.put("id", push.id())
        .put("app_id", push.appId())
        .put("kind", push.of().label())
        .put("open_id", push.openId());
    if (push.msgid() != null) {
      json.put("msgid", push.msgid().toString());
    }
    json.put("state", ControlFields.lower(push.state()))
        .put("attempts", push.attempts())
        .put("time", push.time().toString());
  }

  private static void putChecks(ArrayNode list, List<KeywordCheck> checks) {
    for (KeywordCheck check : checks) {
      ObjectNode json =
          list.addObject()
              .put("keyword", check.keyword())
              .put("label", check.label())
              .put("value", check.value())
              .put("type", check.type())
              .put("length", check.length());
      if (check.limit() > 0) {
        json.put("limit", check.limit());
      }
      json.put("ok", check.ok());
      KeywordProblem problem = check.problem();
      if (problem != null) {
        json.put("problem", problem.label()).put("why", problem.text());
      }
    }
  }

  private static void putUnlessEmpty(ObjectNode json, String name, String text) {
    if (!text.isEmpty()) {
      json.put(name, text);
    }
  }
}
