package dev.wxnotify.sandbox;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is written to a connection and when. Each piece is sent in its own segment. */
final class WireScript {

  /** One step. */
  sealed interface Step permits Send, Pause, Mark {}

  /** Writes bytes. */
  static final class Send implements Step {

    private final byte[] bytes;

    private Send(byte[] bytes) {
      this.bytes = bytes;
    }

    ByteBuf buffer() {
      return Unpooled.wrappedBuffer(bytes);
    }
  }

  /** Waits. */
  record Pause(Duration length) implements Step {}

  /** What happens to the connection. */
  enum Mark implements Step {
    /** The next request may be answered; the rest of this script is still written. */
    READY,
    /** A normal close. */
    CLOSE,
    /** A reset. */
    RESET
  }

  private final List<Step> steps = new ArrayList<>();
  private final boolean keepAlive;

  /**
   * A script without steps.
   *
   * @param keepAlive false if the caller wants the connection closed after the answer
   */
  WireScript(boolean keepAlive) {
    this.keepAlive = keepAlive;
  }

  WireScript send(byte[]... parts) {
    steps.add(new Send(WireAnswer.join(parts)));
    return this;
  }

  WireScript pause(Duration length) {
    steps.add(new Pause(length));
    return this;
  }

  /** From here on the next request may be answered. */
  WireScript ready() {
    if (keepAlive) {
      steps.add(Mark.READY);
    }
    return this;
  }

  /** The answer is complete: the connection continues or ends, as the caller wants. */
  WireScript end() {
    if (!keepAlive) {
      return close();
    }
    return steps.contains(Mark.READY) ? this : ready();
  }

  WireScript close() {
    steps.add(Mark.CLOSE);
    return this;
  }

  WireScript reset() {
    steps.add(Mark.RESET);
    return this;
  }

  /** The bytes of each piece, whenever it is sent. */
  byte[][] sent() {
    return steps.stream()
        .filter(Send.class::isInstance)
        .map(step -> ((Send) step).bytes)
        .toArray(byte[][]::new);
  }

  boolean resets() {
    return steps.contains(Mark.RESET);
  }

  boolean closes() {
    return steps.contains(Mark.CLOSE);
  }

  List<Step> steps() {
    return List.copyOf(steps);
  }
}
