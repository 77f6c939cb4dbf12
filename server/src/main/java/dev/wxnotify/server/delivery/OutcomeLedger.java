package dev.wxnotify.server.delivery;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Remembers the outcomes of messages that have a request id, for 24 hours. Its stages always
 * complete normally.
 */
public interface OutcomeLedger {

  /**
   * The name of a message.
   *
   * @param caller the caller that chose the name; empty for anonymous callers
   * @param requestId the name itself
   */
  record Key(String caller, String requestId) {}

  /**
   * Claims a key for a message that is about to be sent, unless the key is taken.
   *
   * @param fingerprint the same for equal messages, and different for different ones
   * @param longest the time within which the claim is stored or released; a claim that is older has
   *     lost its owner
   */
  CompletionStage<Claim> claim(Key key, String fingerprint, Duration longest);

  /** Stores the outcome for a claimed key. */
  CompletionStage<Void> store(Key key, String fingerprint, SendOutcome outcome);

  /** Releases a claimed key, since nothing was sent that a repeat could duplicate. */
  CompletionStage<Void> release(Key key);

  /** The result of a claim. */
  sealed interface Claim {
    /** The key belongs to this order: send, then store or release. */
    record Granted() implements Claim {}

    /** The same message was completed before. */
    record Done(SendOutcome outcome) implements Claim {}

    /** The same message is in progress. */
    record InProgress() implements Claim {}

    /** The key belongs to another message. */
    record Conflict() implements Claim {}
  }
}
