package dev.wxnotify.server.attack;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server with the fake WeChat, in its own process with a small heap. */
final class ServerUnderAttack implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("ready: gRPC on 127\\.0\\.0\\.1:(\\d+)");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final long START_SECONDS = 60;
  private static final int LAST_LINES = 60;

  private final Process process;
  private final int port;
  private final Deque<String> last = new ArrayDeque<>();
  private int lines;

  private ServerUnderAttack(Process process, BufferedReader output, int port) {
    this.process = process;
    this.port = port;
    Thread thread = new Thread(() -> count(output), "server-log");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Starts it.
   *
   * @param program what follows the options of the JVM: the jar, or a class path and a class
   * @param descriptors how many files and sockets it may open; 0 for as many as this process
   * @param patience how long it waits for the fake WeChat, which shares the busy machine
   */
  static ServerUnderAttack start(List<String> program, int descriptors, Duration patience)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (descriptors > 0) {
      command.addAll(List.of("prlimit", "--nofile=" + descriptors));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "--enable-native-access=ALL-UNNAMED"));
    if (descriptors > 0) {
      command.add("-XX:-MaxFDLimit");
    }
    command.addAll(program);
    command.addAll(List.of("serve", "--sandbox"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("WXNOTIFY") || name.startsWith("OTEL_"));
    builder.environment().put("WXNOTIFY_GRPC_PORT", "0");
    builder.environment().put("WXNOTIFY_MONITORING_PORT", "0");
    builder.environment().put("WXNOTIFY_WECHAT_CONNECT_TIMEOUT", patience.toSeconds() + "s");
    builder.environment().put("WXNOTIFY_WECHAT_REQUEST_TIMEOUT", patience.toSeconds() + "s");
    String transport = System.getProperty("wxnotify.test.transport");
    if (transport != null) {
      builder.environment().put("WXNOTIFY_IO_TRANSPORT", transport);
    }
    Process process = builder.start();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    try {
      int port =
          CompletableFuture.supplyAsync(() -> readPort(output))
              .get(START_SECONDS, TimeUnit.SECONDS);
      return new ServerUnderAttack(process, output, port);
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
      throw new IllegalStateException("the server did not start", e);
    }
  }

  private static int readPort(BufferedReader output) {
    StringBuilder said = new StringBuilder();
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        said.append(line).append('\n');
        Matcher matcher = READY.matcher(line);
        if (matcher.find()) {
          return Integer.parseInt(matcher.group(1));
        }
      }
    } catch (IOException e) {
      said.append(e);
    }
    throw new IllegalStateException(said.toString());
  }

  private void count(BufferedReader output) {
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        synchronized (this) {
          lines++;
          last.add(line);
          if (last.size() > LAST_LINES) {
            last.remove();
          }
        }
      }
    } catch (IOException e) {
      // The process was killed.
    }
  }

  int port() {
    return port;
  }

  /** Returns how many lines it has written since it was ready. */
  synchronized int lines() {
    return lines;
  }

  /** Returns the last lines that it wrote. */
  synchronized String lastLines() {
    return String.join("\n", last);
  }

  /** Returns its resident memory in MiB; -1 if the operating system does not report it. */
  long residentMiB() {
    try {
      Matcher matcher =
          RESIDENT.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
      return matcher.find() ? Long.parseLong(matcher.group(1)) / 1024 : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
