package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Transport;
import dev.wxnotify.benchmark.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An archive of the server's classes (class-data sharing), created by one start as the manual
 * describes.
 */
final class ClassArchive implements AutoCloseable {
  private final Path file;
  private final List<String> flags;
  private final Transport transport;

  ClassArchive(Lab lab) throws IOException, InterruptedException {
    this.file = Files.createTempDirectory("wxnotify-benchmark").resolve("wxnotify.jsa");
    this.flags = lab.jvmFlags();
    try (ServerProcess server =
        lab.server("wxnotify", with("-XX:ArchiveClassesAtExit=" + file), Map.of())) {
      this.transport = server.transport();
    }
  }

  /** Returns the transport of the server that created it. */
  Transport transport() {
    return transport;
  }

  /** Returns the flags that use it. */
  List<String> jvmFlags() {
    return with("-XX:SharedArchiveFile=" + file);
  }

  private List<String> with(String flag) {
    List<String> all = new ArrayList<>(flags);
    all.add(flag);
    return all;
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(file.getParent());
  }
}
