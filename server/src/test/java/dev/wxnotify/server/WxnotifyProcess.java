package dev.wxnotify.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.testing.ClassArchive;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The program in its own process, as an operator starts it; killed when closed. */
final class WxnotifyProcess implements AutoCloseable {
  /** The machine's best transport, unless all tests run on another. */
  private static final String TRANSPORT = System.getProperty("wxnotify.test.transport", "auto");

  private final Process process;
  private final Output out;
  private final Output err;

  private WxnotifyProcess(Process process) {
    this.process = process;
    this.out = new Output(process.inputReader(StandardCharsets.UTF_8));
    this.err = new Output(process.errorReader(StandardCharsets.UTF_8));
  }

  static WxnotifyProcess start(Map<String, String> environment, String... args) throws IOException {
    List<String> command =
        new ArrayList<>(java("-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8"));
    command.addAll(List.of(args));
    return new WxnotifyProcess(builder(environment, command).start());
  }

  /**
   * Starts the program like cron and containers, in an environment without a locale. A shell
   * creates its arguments and variables, byte by byte, whatever the locale of this process is.
   *
   * @param locale further variables, such as {@code LANG=C.UTF-8}
   */
  static WxnotifyProcess startWithoutLocale(
      Map<String, String> environment, List<String> locale, String... args) throws IOException {
    StringBuilder script = new StringBuilder("exec env -u LANG -u LC_ALL -u LC_CTYPE");
    locale.forEach(variable -> script.append(' ').append(variable));
    environment.forEach(
        (name, value) -> script.append(' ').append(name).append('=').append(bytes(value)));
    java().forEach(word -> script.append(' ').append(bytes(word)));
    for (String arg : args) {
      script.append(' ').append(bytes(arg));
    }
    return new WxnotifyProcess(builder(Map.of(), List.of("sh", "-c", script.toString())).start());
  }

  /** Returns a shell word that yields this text in UTF-8. */
  private static String bytes(String text) {
    StringBuilder octal = new StringBuilder("\"$(printf '");
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      octal.append(String.format("\\%03o", b & 0xFF));
    }
    return octal.append("')\"").toString();
  }

  private static List<String> java(String... options) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of(options));
    words.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC", // Like the flag before, it makes starts cheaper.
            "--enable-native-access=ALL-UNNAMED")); // As in the manifest of the jar.
    words.addAll(ClassArchive.options());
    words.add(Main.class.getName());
    return words;
  }

  private static ProcessBuilder builder(Map<String, String> environment, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .keySet()
        .removeIf(
            name ->
                name.startsWith("WXNOTIFY")
                    || name.startsWith("OTEL_")
                    || name.equals("JAVA_TOOL_OPTIONS"));
    builder.environment().put("WXNOTIFY_MONITORING_PORT", "0");
    builder.environment().put("WXNOTIFY_IO_TRANSPORT", TRANSPORT);
    builder.environment().putAll(environment);
    return builder;
  }

  /** Waits for the end. */
  int exitCode() throws InterruptedException {
    int code = process.waitFor();
    out.awaitEnd();
    err.awaitEnd();
    return code;
  }

  /**
   * Sends SIGTERM; through its handle, since the process object would close our ends of its
   * streams.
   */
  void terminate() {
    if (!process.toHandle().destroy()) {
      throw new AssertionError("the process took no signal");
    }
  }

  /**
   * Sends SIGINT, like Ctrl-C. If this process was started with SIGINT ignored (in the background
   * of a shell), so was that one, and it gets SIGTERM instead.
   */
  void interrupt() throws IOException, InterruptedException {
    String signal = ignoresInterrupts() ? "-TERM" : "-INT";
    new ProcessBuilder("kill", signal, Long.toString(process.pid())).inheritIO().start().waitFor();
  }

  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
  }

  /** Returns whether the process is running. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** Writes this text to the process, and keeps its input open. */
  void type(String text) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write(text.getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  /** Sends SIGKILL, also through its handle. */
  void kill() {
    if (!process.toHandle().destroyForcibly()) {
      throw new AssertionError("the process took no signal");
    }
  }

  /** Waits for a line of standard error that contains {@code part}, and returns it. */
  String awaitErr(String part) throws InterruptedException {
    String line = err.await(part);
    if (line == null) {
      throw new AssertionError("never said: " + part + ", but: " + err());
    }
    return line;
  }

  String out() {
    return out.text();
  }

  String err() {
    return err.text();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Collects the lines of one stream, on its own thread. */
  private static final class Output {
    @GuardedBy("this")
    private final List<String> lines = new ArrayList<>();

    @GuardedBy("this")
    private boolean ended;

    Output(BufferedReader reader) {
      // Not named like a thread of a server: a test compares those with the manual.
      Thread thread = new Thread(() -> read(reader), "output-of-wxnotify");
      thread.setDaemon(true);
      thread.start();
    }

    /** Waits for a line with {@code part}; returns null if the stream ends first. */
    synchronized @Nullable String await(String part) throws InterruptedException {
      int seen = 0;
      while (true) {
        for (; seen < lines.size(); seen++) {
          if (lines.get(seen).contains(part)) {
            return lines.get(seen);
          }
        }
        if (ended) {
          return null;
        }
        wait();
      }
    }

    synchronized void awaitEnd() throws InterruptedException {
      while (!ended) {
        wait();
      }
    }

    synchronized String text() {
      return String.join("\n", lines);
    }

    private void read(BufferedReader reader) {
      try (reader) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          add(line);
        }
      } catch (IOException e) {
        add("(output ended: " + e + ")"); // It was killed.
      }
      end();
    }

    private synchronized void add(String line) {
      lines.add(line);
      notifyAll();
    }

    private synchronized void end() {
      ended = true;
      notifyAll();
    }
  }
}
