package dev.wxnotify.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wxnotify.client.ClientBuilder;
import dev.wxnotify.client.NotificationClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The jar as it ships, with its sandbox, on free ports of 127.0.0.1. */
final class ServerUnderTest implements AutoCloseable {
  private static final int STOP_SECONDS = 20;
  private static final Pattern READY =
      Pattern.compile(
          " ready: gRPC on (127\\.0\\.0\\.1:\\d+), monitoring on (127\\.0\\.0\\.1:\\d+), WeChat at"
              + " (http://127\\.0\\.0\\.1:\\d+)/");

  private final Process process;
  private final List<String> output = new CopyOnWriteArrayList<>();
  private final String target;
  private final URI console;
  private final URI inbox;
  private final NotificationClient client;

  private ServerUnderTest(Map<String, String> settings, @Nullable String token) throws IOException {
    Path jar = Path.of(System.getProperty("browser.jar", "../server/target/wxnotify-server.jar"));
    if (!Files.exists(jar)) {
      throw new IllegalStateException(
          "no " + jar.toAbsolutePath().normalize() + ": build it first, mvn -DskipTests package");
    }
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // Short-lived, like a test: the optimising compiler costs it more than it gives.
            "-XX:TieredStopAtLevel=1",
            "-jar",
            jar.toString(),
            "serve",
            "--sandbox",
            "--sandbox-port",
            "0");
    builder.environment().keySet().removeIf(key -> key.startsWith("WXNOTIFY_"));
    builder.environment().put("WXNOTIFY_GRPC_PORT", "0");
    builder.environment().put("WXNOTIFY_MONITORING_PORT", "0");
    builder.environment().putAll(settings);
    this.process = builder.redirectErrorStream(true).start();
    Thread reader = new Thread(() -> read(process.inputReader(UTF_8)), "server's output");
    reader.setDaemon(true);
    reader.start();
    Await.until("the server is ready", () -> ready() != null || !process.isAlive());
    Matcher ready = ready();
    if (ready == null) {
      throw new IllegalStateException("the server did not start:\n" + log());
    }
    this.target = ready.group(1);
    this.console = URI.create("http://" + ready.group(2) + "/");
    this.inbox = URI.create(ready.group(3) + "/");
    ClientBuilder client = NotificationClient.builder(target).plaintext();
    this.client = (token == null ? client : client.bearerToken(token)).build();
  }

  /** Starts one that serves whoever is on this machine. */
  static ServerUnderTest start() {
    return start(Map.of(), null);
  }

  /**
   * Starts one.
   *
   * @param settings environment variables
   * @param token of {@link #client}; null for none
   */
  static ServerUnderTest start(Map<String, String> settings, @Nullable String token) {
    try {
      return new ServerUnderTest(settings, token);
    } catch (IOException e) {
      throw new IllegalStateException("the server cannot be started", e);
    }
  }

  private void read(BufferedReader reader) {
    try (reader) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        output.add(line);
      }
    } catch (IOException e) {
      output.add("(output ended: " + e + ")");
    }
  }

  private @Nullable Matcher ready() {
    for (String line : output) {
      Matcher matcher = READY.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
    return null;
  }

  /** Returns all that it has written. */
  String log() {
    return String.join("\n", output);
  }

  /** Returns {@code 127.0.0.1:port} of gRPC. */
  String target() {
    return target;
  }

  /** Returns the operator's console. */
  URI console() {
    return console;
  }

  /** Returns the sandbox's inbox. */
  URI inbox() {
    return inbox;
  }

  /** Returns a caller. */
  NotificationClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
