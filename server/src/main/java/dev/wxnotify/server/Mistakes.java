package dev.wxnotify.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that is wrong with a configuration, by key, and the checks that many keys share. */
final class Mistakes {
  private static final int MAX_PORT = 65_535;

  private final List<String> all = new ArrayList<>();

  void add(String key, String text) {
    all.add(key + ": " + text);
  }

  List<String> all() {
    return all;
  }

  void atLeast(String key, long value, long least) {
    if (value < least) {
      add(key, value + " (expected: >= " + least + ")");
    }
  }

  void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      add(key, value + " (expected: more than nothing)");
    }
  }

  boolean isPort(String key, int port) {
    boolean isPort = port >= 0 && port <= MAX_PORT;
    if (!isPort) {
      add(key, port + " (expected: 0 to " + MAX_PORT + ")");
    }
    return isPort;
  }

  /** Returns the address of a host; null where nobody knows it, which is a mistake. */
  @Nullable InetAddress host(String key, String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      add(key, host + " is not a known host");
      return null;
    }
  }

  /** Returns where to listen by {@code key.host} and {@code key.port}; null after a mistake. */
  @Nullable InetSocketAddress address(String key, String host, int port) {
    boolean isPort = isPort(key + ".port", port);
    InetAddress address = host(key + ".host", host);
    return isPort && address != null ? new InetSocketAddress(address, port) : null;
  }

  /** Returns the text of a file; null where it cannot be read, which is a mistake. */
  @Nullable String content(String key, String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException | InvalidPathException e) {
      add(key, "cannot be read: " + file);
      return null;
    }
  }

  /** Reads a value of an enum, in any letter case; a mistake is {@code otherwise}. */
  <E extends Enum<E>> E oneOf(String key, String text, E otherwise) {
    E[] values = otherwise.getDeclaringClass().getEnumConstants();
    for (E value : values) {
      if (value.name().equalsIgnoreCase(text.strip())) {
        return value;
      }
    }
    add(key, text + " (expected: one of " + Arrays.toString(values) + ")");
    return otherwise;
  }
}
