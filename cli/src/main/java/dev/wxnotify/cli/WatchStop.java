package dev.wxnotify.cli;

import dev.wxnotify.client.EventWatch;

/**
 * What SIGINT (Ctrl-C) and SIGTERM do to a watch: the event that is being printed is printed whole,
 * the cursor to go on with is said, and the process ends well.
 */
final class WatchStop implements AutoCloseable {
  private final Thread hook;

  private WatchStop(Thread hook) {
    this.hook = hook;
  }

  static WatchStop install(EventWatch watch, EventPrinter printer) {
    Thread hook =
        new Thread(
            () -> {
              watch.close();
              printer.sayCursor();
              Runtime.getRuntime().halt(SendReport.EXIT_ACCEPTED);
            },
            "wxnotify-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    return new WatchStop(hook);
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
