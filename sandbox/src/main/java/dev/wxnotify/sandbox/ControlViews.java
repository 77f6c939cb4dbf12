package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The control calls that only read. */
final class ControlViews {

  /** How many messages one answer carries unless the call asks for more. */
  private static final int LIMIT = 100;

  private final FakeWeChat weChat;

  ControlViews(FakeWeChat weChat) {
    this.weChat = weChat;
  }

  ObjectNode state() {
    SandboxState state = weChat.state();
    ObjectNode json = Json.object();
    ObjectNode requests = json.putObject("requests");
    state.requests().forEach(requests::put);
    ObjectNode fetches = json.putObject("token_fetches");
    state
        .tokenFetches()
        .forEach(
            (appId, count) ->
                fetches
                    .putObject(appId)
                    .put("classic", count.classic())
                    .put("stable", count.stable())
                    .put("forced", count.forced()));
    json.put("sends_received", state.sendsReceived()).put("sends_accepted", state.sendsAccepted());
    ObjectNode sends = json.putObject("sends_by_errcode");
    state.sendsByErrcode().forEach((errcode, count) -> sends.put(errcode.toString(), count));
    json.put("duplicates", state.duplicates())
        .put("connections_open", state.connectionsOpen())
        .put("connections_accepted", state.connectionsAccepted())
        .put("most_sends_per_open_id", state.mostSendsPerOpenId())
        .put("overlapping_sends", state.overlappingSends());
    SandboxState.Pushes pushes = state.pushes();
    ObjectNode pushed =
        json.putObject("pushes")
            .put("created", pushes.created())
            .put("waiting", pushes.waiting())
            .put("delivered", pushes.delivered())
            .put("answered", pushes.answered())
            .put("given_up", pushes.givenUp())
            .put("lost", pushes.lost())
            .put("dropped", pushes.dropped())
            .put("attempts", pushes.attempts());
    ObjectNode verifications = pushed.putObject("verifications");
    new TreeMap<>(pushes.verifications()).forEach(verifications::put);
    return json;
  }

  ObjectNode openIds() {
    ObjectNode json = Json.object();
    ArrayNode list = json.putArray("open_ids");
    for (MagicOpenIds.Row row : MagicOpenIds.table()) {
      list.addObject().put("open_id", row.openId()).put("meaning", row.meaning());
    }
    return json;
  }

  ObjectNode templates() {
    ObjectNode json = Json.object();
    ArrayNode list = json.putArray("templates");
    weChat.templates().forEach(template -> list.add(template.json()));
    return json;
  }

  ObjectNode faults() {
    ObjectNode json = Json.object();
    ArrayNode list = json.putArray("faults");
    for (Fault fault : weChat.faults().list()) {
      list.addObject()
          .put("endpoint", fault.endpointLabel())
          .put("what", fault.effect().toString())
          .put("count", fault.count())
          .put("every", fault.every())
          .put("probability", fault.probability())
          .put("seed", fault.seed());
    }
    return json;
  }

  /** All kinds of fault. */
  ObjectNode faultKinds() {
    ObjectNode json = Json.object();
    ArrayNode list = json.putArray("kinds");
    for (EffectKind kind : EffectKind.values()) {
      list.addObject()
          .put("what", kind.label())
          .put("meaning", kind.meaning())
          .put("processed", kind.processed())
          .put("endpoints", kind.possibleEndpoints());
    }
    return json;
  }

  static boolean matches(@Nullable String wanted, String value) {
    return wanted == null || wanted.equals(value);
  }

  static int limit(Call call) throws ControlError {
    String text = call.parameter("limit");
    try {
      int limit = text == null ? LIMIT : Integer.parseInt(text);
      if (limit >= 0) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same error.
    }
    throw ControlError.badField("limit", "limit: " + text + " (expected: a number >= 0)");
  }

  static <T> List<T> newest(List<T> all, int limit) {
    return all.subList(Math.max(0, all.size() - limit), all.size());
  }
}
