package dev.wxnotify.benchmark.process;

import dev.wxnotify.benchmark.load.Worker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;

/** A process that runs a class of the benchmark and takes tasks. */
public final class WorkerProcess extends ChildProcess {
  private static final String READY = "ready ";
  private static final String RESULT = "result ";
  private static final String PROGRESS = "progress ";

  private final int port;

  /**
   * Starts a worker and waits until it is ready.
   *
   * @param name for reports and messages
   * @param main its class
   */
  public WorkerProcess(String name, List<String> jvmFlags, Class<?> main, String... args)
      throws IOException, InterruptedException {
    super(name, command(jvmFlags, main, args), Map.of());
    this.port = Integer.parseInt(nextLineWith(READY).substring(READY.length()));
  }

  private static List<String> command(List<String> jvmFlags, Class<?> main, String... args) {
    List<String> command = new ArrayList<>(java(jvmFlags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    return command;
  }

  /** Returns the port that it listens on; 0 if it does not listen. */
  public int port() {
    return port;
  }

  /** Runs a task in the worker. */
  public <T> T run(Object task, Class<T> type) throws IOException, InterruptedException {
    return run(task, type, part -> {});
  }

  /** Runs a task in the worker, and receives its progress, from 0 to 1. */
  public <T> T run(Object task, Class<T> type, DoubleConsumer progress)
      throws IOException, InterruptedException {
    write(Worker.encode(task));
    while (true) {
      String line = nextLine();
      if (line.startsWith(PROGRESS)) {
        progress.accept(Double.parseDouble(line.substring(PROGRESS.length())));
      } else if (line.startsWith(RESULT)) {
        return Worker.decode(line.substring(RESULT.length()), type);
      }
    }
  }
}
