package dev.wxnotify.benchmark.load;

/** Sends one message and receives its result later; never blocks. */
@FunctionalInterface
interface Sender {

  /** Sends the message with this number. */
  void send(long index, Answered answered);

  /** Receives the result of a message. */
  @FunctionalInterface
  interface Answered {
    /** Called with the answer; {@code error} is empty for an accepted message. */
    void answered(String error);
  }
}
