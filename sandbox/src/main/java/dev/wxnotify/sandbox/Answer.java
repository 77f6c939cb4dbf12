package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a call, when to send it, and how to spoil it.
 *
 * @param headers more headers than any answer has
 * @param accepted the message that it accepts; null for any other answer
 * @param gate what the answer waits for, before its delay; null for nothing
 * @param beforeWrite runs just before the answer is written, or when it is abandoned
 */
record Answer(
    int status,
    String contentType,
    ObjectNode json,
    Map<String, String> headers,
    @Nullable AcceptedMessage accepted,
    Duration delay,
    @Nullable Effect effect,
    @Nullable CompletionStage<Void> gate,
    Runnable beforeWrite)
    implements Reply {

  /** As observed on WeChat's answers: "encoding", where the standard says "charset". */
  static final String WECHAT_JSON = "application/json; encoding=utf-8";

  static Answer of(ObjectNode json) {
    return of(200, WECHAT_JSON, json, null);
  }

  /** The answer to a send that was accepted. */
  static Answer accepting(AcceptedMessage message, ObjectNode json) {
    return of(200, WECHAT_JSON, json, message);
  }

  static Answer control(int status, ObjectNode json) {
    return of(status, "application/json", json, null);
  }

  private static Answer of(
      int status, String contentType, ObjectNode json, @Nullable AcceptedMessage accepted) {
    return new Answer(
        status, contentType, json, Map.of(), accepted, Duration.ZERO, null, null, Answer::nothing);
  }

  Answer later(Duration more) {
    return more.isZero()
        ? this
        : new Answer(
            status,
            contentType,
            json,
            headers,
            accepted,
            delay.plus(more),
            effect,
            gate,
            beforeWrite);
  }

  Answer spoilt(@Nullable Effect by) {
    if (by == null) {
      return this;
    }
    return by.kind() == EffectKind.LATENCY
        ? later(Duration.ofMillis(by.argument()))
        : new Answer(status, contentType, json, headers, accepted, delay, by, gate, beforeWrite);
  }

  Answer first(Runnable action) {
    return new Answer(status, contentType, json, headers, accepted, delay, effect, gate, action);
  }

  Answer header(String name, String value) {
    return new Answer(
        status, contentType, json, Map.of(name, value), accepted, delay, effect, gate, beforeWrite);
  }

  /** The same, not before {@code gate} is done. */
  Answer after(@Nullable CompletionStage<Void> gate) {
    return gate == null
        ? this
        : new Answer(
            status, contentType, json, headers, accepted, delay, effect, gate, beforeWrite);
  }

  boolean isResetBefore() {
    return effect != null && effect.kind() == EffectKind.RESET_BEFORE;
  }

  /** The errcode, or the HTTP status of a gateway's page. */
  int outcome() {
    return effect != null && effect.foreignStatus() != 0
        ? effect.foreignStatus()
        : json.path("errcode").asInt();
  }

  private static void nothing() {}
}
