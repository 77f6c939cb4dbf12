package dev.wxnotify.server.delivery;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Remembers what became of messages that have a request id, for 24 hours. Its stages always
 * complete normally.
 */
public interface OutcomeLedger {

  /**
   * The name of a message.
   *
   * @param caller who gave it; empty for anonymous callers
   * @param requestId the name itself
   */
  record Key(String caller, String requestId) {}

  /**
   * Claims a key for a message that is about to be sent, unless the key is taken.
   *
   * @param fingerprint the same for the same message, and different for another one
   * @param longest after which time at the latest the claim is stored or given back; one that is
   *     not has lost its owner
   */
  CompletionStage<Claim> claim(Key key, String fingerprint, Duration longest);

  /** Stores the outcome for a key that was claimed. */
  CompletionStage<Void> store(Key key, String fingerprint, SendOutcome outcome);

  /** Gives a claimed key back, as nothing was sent that a repeat could double. */
  CompletionStage<Void> release(Key key);

  /** What came of a claim. */
  sealed interface Claim {
    /** The key is this order's: send, then store or release. */
    record Granted() implements Claim {}

    /** The same message was done before. */
    record Done(SendOutcome outcome) implements Claim {}

    /** The same message is under way. */
    record InProgress() implements Claim {}

    /** The key belongs to another message. */
    record Conflict() implements Claim {}
  }
}
