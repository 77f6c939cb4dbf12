package dev.wxnotify.benchmark.load;

/**
 * A task of a load generator. It ends at {@code messages} or after {@code seconds}, whichever comes
 * first; zero means no limit.
 *
 * @param kind which call
 * @param connections how many connections to spread the calls over
 * @param inFlight how many messages are in flight; for a stream, the maximum
 * @param perSecond sends at this rate, independent of the answers (an open loop, so that a stall
 *     shows in every message that it delays); zero sends the next message when one is answered (a
 *     closed loop)
 * @param messages how many to send
 * @param streamLength the number of items in a stream, after which the next begins; zero for one
 *     long stream
 * @param seconds how long to send
 */
public record Load(
    Kind kind,
    int connections,
    int inFlight,
    int perSecond,
    long messages,
    long streamLength,
    double seconds) {

  /** The kind of call. */
  public enum Kind {
    /** One call for each message. */
    UNARY,
    /** Items of a bidirectional stream, one stream for each connection. */
    BATCH
  }

  /** A closed loop for some seconds. */
  public static Load closed(Kind kind, int connections, int inFlight, double seconds) {
    return new Load(kind, connections, inFlight, 0, 0, 0, seconds);
  }

  /** An open loop of single calls for some seconds. */
  public static Load open(int connections, int perSecond, double seconds) {
    return new Load(Kind.UNARY, connections, 0, perSecond, 0, 0, seconds);
  }

  /** Streams of {@code streamLength} items in sequence, {@code messages} items in total. */
  public static Load streams(int inFlight, long messages, long streamLength) {
    return new Load(Kind.BATCH, 1, inFlight, 0, messages, streamLength, 0);
  }

  /** Returns the same load, limited to this time. */
  public Load lasting(double otherSeconds) {
    return new Load(kind, connections, inFlight, perSecond, 0, streamLength, otherSeconds);
  }
}
