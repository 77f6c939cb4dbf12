package dev.wxnotify.cli;

import java.time.Duration;

/**
 * What SIGINT (Ctrl-C) and SIGTERM do to a batch: nothing more is sent, what was written is
 * awaited, and the process ends with the batch's exit code and not with that of the signal.
 */
final class SignalStop implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final Thread hook;

  private SignalStop(Thread hook) {
    this.hook = hook;
  }

  static SignalStop install(Campaign campaign, BatchProgress progress, BatchEnd end) {
    Thread hook =
        new Thread(
            () -> {
              progress.say("stopping: waiting for outstanding answers");
              end.is(campaign.stopAndAwait(LONGEST));
              progress.close();
              Runtime.getRuntime().halt(end.print());
            },
            "wxnotify-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    return new SignalStop(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It runs, and will end the process.
    }
  }
}
