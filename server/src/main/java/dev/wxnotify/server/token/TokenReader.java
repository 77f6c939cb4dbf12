package dev.wxnotify.server.token;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Reads the token of one app where another system keeps it. It changes nothing there. */
@FunctionalInterface
public interface TokenReader {

  /**
   * Reads once, without retries of its own. The stage always completes normally, and within a
   * bounded time. The caller reads again only after it has.
   */
  CompletionStage<Reading> read();

  /** What came of reading. */
  sealed interface Reading permits Found, NotFound {}

  /**
   * There is a token.
   *
   * @param value the token
   * @param life how long it still lives, as far as the source knows; more than zero
   * @param again when to read again
   * @param grace how long it may be used beyond its life if the source has no other: WeChat itself
   *     says when a token has ended, and then it is read again
   */
  record Found(String value, Duration life, Duration again, Duration grace) implements Reading {
    /** Never contains the value. */
    @Override
    public String toString() {
      return "Found[" + life + ", again in " + again + "]";
    }
  }

  /**
   * There is none now.
   *
   * @param why what happened; it never contains a secret
   */
  record NotFound(IssueResult.Failure why) implements Reading {}
}
