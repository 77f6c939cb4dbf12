package dev.wxnotify.server;

import dev.wxnotify.files.Secret;
import dev.wxnotify.files.SmallFile;
import dev.wxnotify.files.UnusableFileException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is wrong with a configuration, by key, and the checks that many keys share. No text
 * repeats a value, not even a number or a path: a secret may have been put into any key by mistake.
 */
final class Mistakes {
  static final int MAX_PORT = 65_535;

  private static final Duration LONGEST = Duration.ofDays(365);

  private final List<String> all = new ArrayList<>();

  void add(String key, String text) {
    all.add(key + ": " + text);
  }

  List<String> all() {
    return all;
  }

  void atLeast(String key, long value, long least) {
    if (value < least) {
      add(key, "expected: at least " + least);
    }
  }

  void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
      add(key, "expected: more than nothing, and at most " + LONGEST.toDays() + " days");
    }
  }

  boolean isPort(String key, int port) {
    boolean isPort = port >= 0 && port <= MAX_PORT;
    if (!isPort) {
      add(key, "expected: 0 to " + MAX_PORT);
    }
    return isPort;
  }

  /** Returns the address of a host; null where nobody knows it, which is a mistake. */
  @Nullable InetAddress host(String key, String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      add(key, "is not a known host");
      return null;
    }
  }

  /** Returns where to listen by {@code key.host} and {@code key.port}; null after a mistake. */
  @Nullable InetSocketAddress address(String key, String host, int port) {
    boolean isPort = isPort(key + ".port", port);
    InetAddress address = host(key + ".host", host);
    return isPort && address != null ? new InetSocketAddress(address, port) : null;
  }

  /** Returns the secret that a file holds; null where it holds none, which is a mistake. */
  @Nullable String secret(String key, String file) {
    byte[] content = content(key, file);
    return content == null ? null : usable(key, () -> Secret.of(content));
  }

  /** Returns the secret that a value is; null where it is none, which is a mistake. */
  @Nullable String secretValue(String key, String value) {
    return usable(key, () -> Secret.of(value));
  }

  /** Returns what a file holds; null where it cannot be read, which is a mistake. */
  byte @Nullable [] content(String key, String file) {
    return usable(key, () -> SmallFile.read(file));
  }

  /** Returns a path; null where the text is none, which is a mistake. */
  @Nullable Path path(String key, String text) {
    return usable(key, () -> SmallFile.path(text));
  }

  private <T> @Nullable T usable(String key, Reading<T> reading) {
    try {
      return reading.read();
    } catch (UnusableFileException e) {
      add(key, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private interface Reading<T> {
    T read() throws UnusableFileException;
  }

  /** Reads a value of an enum, in any letter case; a mistake is {@code otherwise}. */
  <E extends Enum<E>> E oneOf(String key, String text, E otherwise) {
    E[] values = otherwise.getDeclaringClass().getEnumConstants();
    for (E value : values) {
      if (value.name().equalsIgnoreCase(text.strip())) {
        return value;
      }
    }
    add(key, "expected: one of " + Arrays.toString(values));
    return otherwise;
  }
}
