package dev.wxnotify.server;

/** Settings of Netty. The JVM's command line overrides them. */
final class NettyDefaults {
  private NettyDefaults() {}

  /** Sets the properties that are not set; call it before Netty is used. */
  static void apply() {
    // Detects faults in code that handles buffers, with a stack trace for one buffer in 128.
    System.getProperties().putIfAbsent("io.netty.leakDetection.level", "disabled");
    // Counts buffers in use, which is by far the most expensive part of allocating one.
    System.getProperties().putIfAbsent("io.netty.trackPinnedMemory", "false");
    // A multi-shot accept ignores pauses: without descriptors it makes 100,000 errors a second.
    System.getProperties().putIfAbsent("io.netty.iouring.acceptMultiShotEnabled", "false");
  }
}
