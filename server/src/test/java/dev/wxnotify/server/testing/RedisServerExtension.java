package dev.wxnotify.server.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis on a free port of the loopback interface, which a test may stop, empty and freeze.
 * Nothing needs to be installed: the program comes from a Maven artifact.
 *
 * <p>In a static field it runs for the class and is empty at the beginning of each test; in an
 * instance field it runs for one test.
 */
public final class RedisServerExtension
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final Duration START = Duration.ofSeconds(20);
  private static final int SOCKET_TIMEOUT_MILLIS = 10_000;
  private static final int MOST_STARTS = 5;

  private final List<String> options;
  private @Nullable Process process;
  private @Nullable Path directory;
  private int port;

  /** For how many nested classes it runs. */
  private int classes;

  private RedisServerExtension(List<String> options) {
    this.options = options;
  }

  /** A Redis with these command-line options. */
  public static RedisServerExtension with(String... options) {
    return new RedisServerExtension(List.of(options));
  }

  /** The answer of Redis when it rejects a command. */
  public static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /** The program, extracted once for all tests; the JVM deletes it on exit. */
  private static final class Program {
    private static final File FILE = extract();

    private static File extract() {
      try {
        File directory = Files.createTempDirectory("wxnotify-redis").toFile();
        directory.deleteOnExit();
        return ExecutableProvider.newJarResourceProvider(directory).get();
      } catch (IOException e) {
        throw new AssertionError("redis-server is not available", e);
      }
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    classes++;
    if (classes == 1) {
      start();
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    if (classes > 0) {
      command("FLUSHALL");
      command("CONFIG", "RESETSTAT");
    } else {
      start();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    if (classes == 0) {
      close();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    classes--;
    if (classes == 0) {
      close();
    }
  }

  /** Starts an empty Redis and returns when it answers: on its previous port, or on a free one. */
  public void start() throws IOException, InterruptedException {
    boolean hadPort = port != 0;
    for (int i = 1; ; i++) {
      if (!hadPort) {
        port = freePort();
      }
      if (startsOnPort()) {
        return;
      }
      String output = output();
      stop();
      if (i == MOST_STARTS) {
        throw new AssertionError("redis-server does not start:\n" + output);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean startsOnPort() throws IOException, InterruptedException {
    Path home = directory == null ? Files.createTempDirectory("wxnotify-redis-data") : directory;
    directory = home;
    List<String> command = new ArrayList<>(List.of(Program.FILE.getPath()));
    if (options.contains("--sentinel")) {
      command.add(Files.createFile(home.resolve("sentinel.conf")).toString());
    }
    command.addAll(
        List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir", home.toString()));
    if (!options.contains("--sentinel")) {
      command.addAll(List.of("--save", "", "--appendonly", "no"));
    }
    command.addAll(options);
    Process started =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("output").toFile())
            .start();
    process = started;
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    long deadline = System.nanoTime() + START.toNanos();
    while (started.isAlive() && System.nanoTime() - deadline < 0) {
      if (answers()) {
        return true;
      }
      Thread.sleep(5);
    }
    return false;
  }

  /** A server that requires a password answers too; one that is loading does not yet. */
  private boolean answers() {
    try {
      command("PING");
      return true;
    } catch (RefusedException e) {
      return String.valueOf(e.getMessage()).startsWith("NOAUTH");
    } catch (IOException e) {
      return false;
    }
  }

  private String output() throws IOException {
    return directory == null ? "" : Files.readString(directory.resolve("output"));
  }

  /** Kills it; all its data is lost. */
  public void stop() throws IOException, InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      if (!running.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("redis-server does not die");
      }
      process = null;
    }
    Path home = directory;
    if (home != null) {
      try (Stream<Path> files = Files.walk(home)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
      directory = null;
    }
  }

  /** Stops it and forgets its port. */
  public void close() throws IOException, InterruptedException {
    stop();
    port = 0;
  }

  /** Makes it hang: connections stay, and nothing is answered. */
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** Ends {@link #freeze}: it answers all commands that it received meanwhile. */
  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("not running");
    }
    // Through a shell, which has its own kill if there is no such program.
    int code =
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + running.pid()).start().waitFor();
    if (code != 0) {
      throw new AssertionError("kill -" + name + " ended with " + code);
    }
  }

  /** Returns the port, which stays the same while it is stopped. */
  public int port() {
    return port;
  }

  /** Returns its URL. */
  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Runs a command and returns its answer: text, a {@link Long}, a list of those, or null. */
  public @Nullable Object command(String... words) throws IOException {
    return commands(words.length == 0 ? List.of() : List.of(List.of(words)));
  }

  /** As {@link #command}, for a Redis that needs a password. */
  public @Nullable Object commandAs(String password, String... words) throws IOException {
    return commands(List.of(List.of("AUTH", password), List.of(words)));
  }

  private @Nullable Object commands(List<List<String>> commands) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(SOCKET_TIMEOUT_MILLIS);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), SOCKET_TIMEOUT_MILLIS);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      Object answer = null;
      for (List<String> words : commands) {
        out.write(encode(words));
        out.flush();
        answer = read(in);
      }
      return answer;
    }
  }

  private static byte[] encode(List<String> words) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ascii("*" + words.size() + "\r\n"));
    for (String word : words) {
      byte[] encoded = word.getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(ascii("$" + encoded.length + "\r\n"));
      bytes.writeBytes(encoded);
      bytes.writeBytes(ascii("\r\n"));
    }
    return bytes.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static @Nullable Object read(InputStream in) throws IOException {
    String line = readLine(in);
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '+' -> rest;
      case '-' -> throw new RefusedException(rest);
      case ':' -> Long.valueOf(rest);
      case '$' -> readText(in, Integer.parseInt(rest));
      case '*' -> readList(in, Integer.parseInt(rest));
      default -> throw new IOException("not an answer of Redis: " + line);
    };
  }

  private static @Nullable String readText(InputStream in, int length) throws IOException {
    if (length < 0) {
      return null;
    }
    String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    readLine(in);
    return text;
  }

  private static List<@Nullable Object> readList(InputStream in, int size) throws IOException {
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      list.add(read(in));
    }
    return list;
  }

  private static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("Redis hung up");
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** Returns its keys, sorted. */
  public List<String> keys() throws IOException {
    return ((List<?>) answered(command("KEYS", "*")))
        .stream().map(String::valueOf).sorted().toList();
  }

  /** Returns the text under {@code key}. */
  public String get(String key) throws IOException {
    return String.valueOf(answered(command("GET", key)));
  }

  /** Returns the remaining lifetime of {@code key}. */
  public Duration life(String key) throws IOException {
    return Duration.ofMillis((Long) answered(command("PTTL", key)));
  }

  /** Makes all keys expire earlier by {@code time}; those with no more lifetime are deleted. */
  public void age(Duration time) throws IOException {
    for (String key : keys()) {
      command("PEXPIRE", key, Long.toString(life(key).minus(time).toMillis()));
    }
  }

  /** Returns how often it ran {@code command}, successfully or not, since the test began. */
  public long calls(String command) throws IOException {
    String prefix = "cmdstat_" + command.toLowerCase(Locale.ROOT) + ":";
    return String.valueOf(answered(command("INFO", "commandstats")))
        .lines()
        .filter(line -> line.startsWith(prefix))
        .mapToLong(RedisServerExtension::callsOf)
        .sum();
  }

  /** Returns how many commands it ran since the test began, except those that query this. */
  public long allCalls() throws IOException {
    return String.valueOf(answered(command("INFO", "commandstats")))
        .lines()
        .filter(line -> line.startsWith("cmdstat_") && !line.startsWith("cmdstat_info"))
        .mapToLong(RedisServerExtension::callsOf)
        .sum();
  }

  private static long callsOf(String line) {
    int from = line.indexOf('=') + 1;
    return Long.parseLong(line.substring(from, line.indexOf(',', from)));
  }

  private static Object answered(@Nullable Object answer) {
    if (answer == null) {
      throw new AssertionError("Redis has no such key");
    }
    return answer;
  }
}
