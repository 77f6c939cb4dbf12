package dev.wxnotify.server.journal;

import java.time.Duration;

/** Learns what became of WeChat's pushes. Called on any thread; must neither block nor throw. */
public interface PushListener {
  /** What a push is about. */
  enum Kind {
    /** WeChat verifies the URL. */
    VERIFICATION,
    /** Receipts of messages. */
    SENT,
    /** Answers of users to a dialog. */
    POPUP,
    /** Changes of users in the settings. */
    CHANGE,
    /** An event or a message that is none of these. */
    OTHER,
    /** It was refused before it was understood. */
    UNKNOWN
  }

  /** What became of a push. */
  enum Result {
    /** WeChat's verification of the URL was answered. */
    VERIFIED,
    /** Its events are stored, also where all were known. */
    STORED,
    /** It is genuine and not for this server. */
    NOT_OURS,
    /** It is genuine and should be for this server, and holds no event that can be read. */
    UNREADABLE,
    /** It is no push of WeChat: parameters are missing, or its body cannot be read. */
    MALFORMED,
    /** Its signature is wrong. */
    WRONG_SIGNATURE,
    /** Its signature is right, and no key of the configuration decrypts it. */
    WRONG_KEY,
    /** It is for another AppID. */
    WRONG_APP,
    /** It is plain where only encrypted ones are taken, or encrypted where there is no key. */
    WRONG_MODE,
    /** Its timestamp is too far from the time of this server. */
    WRONG_TIME,
    /** Its events could not be stored; WeChat is asked to push it again. */
    UNAVAILABLE
  }

  /** What became of a push that was passed on. */
  enum Forwarding {
    /** The answer was handed back. */
    ANSWERED,
    /** The answer had another status than 200, or was too large. */
    REFUSED,
    /** No answer came. */
    FAILED,
    /** It was not passed on, since too many others waited for their answer. */
    BUSY
  }

  /** A push was dealt with. */
  void pushed(String appId, Kind kind, Result result);

  /**
   * A receipt arrived, for the first time or again.
   *
   * @param lag from when it happened, in whole seconds of WeChat's clock, until it arrived; never
   *     negative
   */
  void receiptArrived(String appId, boolean delivered, Duration lag);

  /** A push that is not for this server was passed on, or not. */
  void forwarded(String appId, Forwarding result);
}
