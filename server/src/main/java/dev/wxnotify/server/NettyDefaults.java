package dev.wxnotify.server;

import java.util.List;

/**
 * Settings of Netty, of which there are two: gRPC's own and the HTTP client's. What the command
 * line of the JVM says comes first.
 */
final class NettyDefaults {
  /** Netty's classes, and the copy of them inside of gRPC. */
  private static final List<String> PREFIXES =
      List.of("io.netty.", "io.grpc.netty.shaded.io.netty.");

  private NettyDefaults() {}

  /** Sets what is not set; to be called before Netty is used. */
  static void apply() {
    for (String prefix : PREFIXES) {
      // It looks for faults in code that handles buffers, by a stack trace for one buffer in 128.
      System.getProperties().putIfAbsent(prefix + "leakDetection.level", "disabled");
    }
  }
}
