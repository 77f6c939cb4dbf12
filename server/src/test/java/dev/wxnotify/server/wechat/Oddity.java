package dev.wxnotify.server.wechat;

import dev.wxnotify.server.wechat.Ask.Heard;
import dev.wxnotify.server.wechat.ScriptedUpstream.Trick;
import java.util.EnumSet;
import java.util.Set;

/**
 * An answer that is not as usual, and what a truthful client may make of it.
 *
 * @param trick answers
 * @param heard what the message may hear that is answered so
 * @param heardByToken the same of a token call
 * @param connection what becomes of the connection
 * @param timesOut whether the exchange may end by its timeout alone
 */
record Oddity(
    String name,
    Trick trick,
    Set<Heard> heard,
    Set<Heard> heardByToken,
    After connection,
    boolean timesOut) {

  /** What becomes of a connection. */
  enum After {
    /** The next request goes out on it. */
    STAYS,
    /** The answer is odd, but clear: both are fine. */
    MAY_STAY,
    /** No request goes out on it any more, and the client closes it. */
    CLOSES
  }

  /** Returns one that says clearly what WeChat answers; the connection is closed. */
  static Oddity clear(String name, Trick trick) {
    return of(name, trick, EnumSet.of(Heard.ITS_OWN));
  }

  /** Returns one that says nothing that could be believed; the connection is closed. */
  static Oddity unclear(String name, Trick trick) {
    return of(name, trick, EnumSet.of(Heard.NOTHING));
  }

  /** Returns one that may be believed or not; the connection is closed. */
  static Oddity doubtful(String name, Trick trick) {
    return of(name, trick, EnumSet.of(Heard.ITS_OWN, Heard.NOTHING));
  }

  private static Oddity of(String name, Trick trick, Set<Heard> heard) {
    return new Oddity(
        name,
        line -> {
          line.readOn();
          trick.play(line);
        },
        heard,
        heard,
        After.CLOSES,
        false);
  }

  Oddity unclearToTokenCalls() {
    return new Oddity(name, trick, heard, EnumSet.of(Heard.NOTHING), connection, timesOut);
  }

  Oddity keepingTheConnection() {
    return new Oddity(name, trick, heard, heardByToken, After.STAYS, timesOut);
  }

  Oddity perhapsKeepingTheConnection() {
    return new Oddity(name, trick, heard, heardByToken, After.MAY_STAY, timesOut);
  }

  Oddity untilTheTimeout() {
    return new Oddity(name, trick, heard, heardByToken, connection, true);
  }

  @Override
  public String toString() {
    return name;
  }
}
