package dev.wxnotify.server.wechat;

import dev.wxnotify.server.wechat.Ask.Heard;
import dev.wxnotify.server.wechat.ScriptedUpstream.Trick;
import java.util.EnumSet;
import java.util.Set;

/**
 * An unusual answer, and how a correct client may treat it.
 *
 * @param trick answers
 * @param heard the outcomes that a message with this answer may get
 * @param heardByToken the same for a token call
 * @param connection what happens to the connection
 * @param timesOut whether only the timeout may end the exchange
 */
record Oddity(
    String name,
    Trick trick,
    Set<Heard> heard,
    Set<Heard> heardByToken,
    After connection,
    boolean timesOut) {

  /** What happens to a connection. */
  enum After {
    /** The next request is sent on it. */
    STAYS,
    /** The answer is odd, but clear: both are correct. */
    MAY_STAY,
    /** No more requests are sent on it, and the client closes it. */
    CLOSES
  }

  /** Returns an oddity with a clear answer of WeChat; the connection is closed. */
  static Oddity clear(String name, Trick trick) {
    return of(name, trick, EnumSet.of(Heard.ITS_OWN));
  }

  /** Returns an oddity without a credible answer; the connection is closed. */
  static Oddity unclear(String name, Trick trick) {
    return of(name, trick, EnumSet.of(Heard.NOTHING));
  }

  /** Returns an oddity whose answer may be accepted or not; the connection is closed. */
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
