package dev.wxnotify.benchmark.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process whose output is read line by line; it is ended when closed. */
public abstract class ChildProcess implements AutoCloseable {
  private static final int REMEMBERED = 40;

  /** Long enough to write an archive of classes and profiles. */
  private static final int STOP_SECONDS = 60;

  private final String name;
  private final Process process;
  private final Lines lines = new Lines();
  private boolean isTerminated;

  /**
   * Starts.
   *
   * @param name for reports and messages
   */
  ChildProcess(String name, List<String> command, Map<String, String> environment)
      throws IOException {
    this.name = name;
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(key -> key.startsWith("WXNOTIFY_"));
    builder.environment().putAll(environment);
    this.process = builder.start();
    Thread reader = new Thread(() -> read(process.inputReader(StandardCharsets.UTF_8)), name);
    reader.setDaemon(true);
    reader.start();
  }

  /** Returns a command that starts a JVM of the kind that the benchmark runs in. */
  static List<String> java(List<String> jvmFlags, String... rest) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(jvmFlags);
    command.addAll(List.of(rest));
    return command;
  }

  /** Returns what it is, for reports; one name for each process of a scenario. */
  public String name() {
    return name;
  }

  /** Returns the process id. */
  public long pid() {
    return process.pid();
  }

  /** Writes a line to its standard input. */
  void write(String line) throws IOException {
    process.outputWriter(StandardCharsets.UTF_8).append(line).append('\n').flush();
  }

  /** Waits for the next line. */
  String nextLine() throws InterruptedException {
    String line = lines.take();
    if (line == null) {
      throw new IllegalStateException(name + " ended: " + lines.last());
    }
    return line;
  }

  /** Waits for the next line that holds {@code part}. */
  String nextLineWith(String part) throws InterruptedException {
    String line = nextLine();
    while (!line.contains(part)) {
      line = nextLine();
    }
    return line;
  }

  private void read(BufferedReader reader) {
    try (reader) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("(output ended: " + e + ")"); // Killed.
    }
    lines.end();
  }

  /**
   * Sends it SIGTERM, once, since a second one is heard as "at once". Does not wait for its end.
   */
  public void terminate() {
    if (isTerminated) {
      return;
    }
    isTerminated = true;
    process.toHandle().destroy(); // The process object would close its output, which it may need.
  }

  /** Ends it: with SIGTERM, and with SIGKILL if that is not heard. */
  @Override
  public void close() {
    terminate();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static final class Lines {
    @GuardedBy("this")
    private final Deque<String> unread = new ArrayDeque<>();

    @GuardedBy("this")
    private final Deque<String> last = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean ended;

    synchronized void add(String line) {
      unread.add(line);
      last.add(line);
      if (last.size() > REMEMBERED) {
        last.remove();
      }
      notifyAll();
    }

    synchronized void end() {
      ended = true;
      notifyAll();
    }

    /** Returns null at the end. */
    synchronized @Nullable String take() throws InterruptedException {
      while (unread.isEmpty() && !ended) {
        wait();
      }
      return unread.poll();
    }

    synchronized String last() {
      return String.join("\n", last);
    }
  }
}
