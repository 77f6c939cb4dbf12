package dev.wxnotify.benchmark;

import java.util.List;

/** JVM flags that the documentation recommends. */
final class ServerFlags {
  /** For a container with little memory. */
  static final List<String> SMALL = List.of("-Xmx128m", "-XX:+UseSerialGC");

  private ServerFlags() {}
}
