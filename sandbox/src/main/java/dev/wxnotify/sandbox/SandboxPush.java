package dev.wxnotify.sandbox;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A push as it is now.
 *
 * @param id counts up from 1
 * @param msgid the message of a receipt; null for other pushes
 * @param event WeChat's name of the event, or of the kind of message
 * @param faults what goes wrong with it
 * @param resendOf the push that this one repeats; 0 for none
 * @param query of the last attempt; empty before the first
 * @param text what it says, before encryption; empty before the first attempt
 * @param body what was posted; empty before the first attempt
 */
public record SandboxPush(
    long id,
    String appId,
    PushEventKind kind,
    String event,
    String openId,
    @Nullable Long msgid,
    List<String> faults,
    long resendOf,
    Instant createdAt,
    State state,
    String query,
    String contentType,
    String text,
    String body,
    List<Attempt> attempts) {

  /** What became of a push. */
  public enum State {
    /** There is another attempt to come, or one running. */
    WAITING,
    /** Answered with {@code success} or nothing. */
    DELIVERED,
    /** Answered with another body, which WeChat takes for a passive reply. */
    ANSWERED,
    /** Not answered well in any attempt. */
    GIVEN_UP,
    /** Never pushed, by a fault, or since the app has no URL any more. */
    LOST
  }

  /**
   * One request.
   *
   * @param status the HTTP status; 0 if there was no answer
   * @param answer the body of the answer, at most 4,096 bytes, or why there was none
   * @param millis how long the answer took
   */
  public record Attempt(Instant time, int status, String answer, long millis) {}

  /** Makes immutable copies. */
  public SandboxPush {
    faults = List.copyOf(faults);
    attempts = List.copyOf(attempts);
  }
}
