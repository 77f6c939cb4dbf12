package dev.wxnotify.benchmark;

import java.util.List;
import java.util.Map;

/** Flags and settings that the documentation recommends. */
final class ServerFlags {
  /** For a container with little memory. */
  static final List<String> SMALL = List.of("-Xmx128m", "-XX:+UseSerialGC");

  /** For a replica that joins a busy fleet, as in the image. */
  static final Map<String, String> WARM_UP = Map.of("WXNOTIFY_WARM_UP", "30s");

  private ServerFlags() {}
}
