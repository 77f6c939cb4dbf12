package dev.wxnotify.server;

/** Settings of Netty. What the command line of the JVM says comes first. */
final class NettyDefaults {
  private NettyDefaults() {}

  /** Sets what is not set; to be called before Netty is used. */
  static void apply() {
    // It looks for faults in code that handles buffers, by a stack trace for one buffer in 128.
    System.getProperties().putIfAbsent("io.netty.leakDetection.level", "disabled");
    // A counter of what buffers are in use, by far the most expensive part of taking one.
    System.getProperties().putIfAbsent("io.netty.trackPinnedMemory", "false");
    // By multi-shot it accepts on whatever it is told: without descriptors 100,000 errors a second.
    System.getProperties().putIfAbsent("io.netty.iouring.acceptMultiShotEnabled", "false");
  }
}
