package dev.wxnotify.benchmark.load;

/** Sends one message and hears of it later; never blocks. */
@FunctionalInterface
interface Sender {

  /** Sends the message with this number. */
  void send(long index, Answered answered);

  /** Hears what became of a message. */
  @FunctionalInterface
  interface Answered {
    /** The answer is here; {@code error} is empty for an accepted message. */
    void answered(String error);
  }
}
