package dev.wxnotify.sandbox;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in the sandbox, as {@link InboxLog} keeps it. The numbers have no gap
 * within a process, resets included. No event has a token or a secret.
 */
sealed interface InboxEvent {

  /** Counts up from 1. */
  long number();

  /** By the sandbox's clock. */
  Instant time();

  /** The name of the kind of event, as SSE shows it. */
  String kind();

  /** A send was read and its answer decided. */
  record Message(ReceivedSend send) implements InboxEvent {

    @Override
    public long number() {
      return send.number();
    }

    @Override
    public Instant time() {
      return send.time();
    }

    @Override
    public String kind() {
      return "message";
    }
  }

  /**
   * A push began, was tried without success, or ended.
   *
   * @param id of the push, see {@link SandboxPush#id}
   * @param msgid the message of a receipt; null for other pushes
   * @param attempts how many there were
   */
  record PushChanged(
      long number,
      Instant time,
      long id,
      String appId,
      PushEventKind of,
      String openId,
      @Nullable Long msgid,
      SandboxPush.State state,
      int attempts)
      implements InboxEvent {

    @Override
    public String kind() {
      return "push";
    }
  }

  /**
   * A user answered a dialog or changed the settings, or a control call set the subscription.
   *
   * @param answer {@code accept}, {@code reject} or another word of WeChat's; for a subscription
   *     that was set, its kind in lower case
   * @param source {@code popup}, {@code settings} or {@code set}
   * @param times how often a dialog was accepted; otherwise 1
   */
  record UserAnswered(
      long number,
      Instant time,
      String appId,
      String openId,
      List<String> templateIds,
      String answer,
      String source,
      int times)
      implements InboxEvent {

    @Override
    public String kind() {
      return "user";
    }
  }

  /**
   * A fault was added or removed, or all were cleared.
   *
   * @param what the fault as flags write it; empty if all were cleared
   * @param where the endpoint, or which pushes; empty if all were cleared
   * @param ofPushes true for the faults of pushes
   */
  record FaultsChanged(
      long number, Instant time, Change change, String what, String where, boolean ofPushes)
      implements InboxEvent {

    /** What changed. */
    enum Change {
      ADDED,
      REMOVED,
      CLEARED
    }

    @Override
    public String kind() {
      return "fault";
    }
  }

  /**
   * A token was issued or ended.
   *
   * @param of {@code classic}, {@code stable} or {@code cloudbase}
   * @param change {@code issued}, {@code superseded} or {@code dead}
   */
  record TokenChanged(long number, Instant time, String appId, String of, String change)
      implements InboxEvent {

    static final String ISSUED = "issued";
    static final String CLOUDBASE = "cloudbase";

    @Override
    public String kind() {
      return "token";
    }
  }

  /** Everything but the tokens was reset: whatever was shown before is not there any more. */
  record Reset(long number, Instant time) implements InboxEvent {

    @Override
    public String kind() {
      return "reset";
    }
  }
}
