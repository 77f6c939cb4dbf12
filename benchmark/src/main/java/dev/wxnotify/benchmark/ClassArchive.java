package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Transport;
import dev.wxnotify.benchmark.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a JVM takes from an earlier start of the server, which a server of its own makes. */
final class ClassArchive implements AutoCloseable {
  /** The first JDK whose cache holds profiles of methods. */
  private static final int JDK_WITH_PROFILES = 25;

  private final Path file;
  private final List<String> flags;
  private final Transport transport;

  private ClassArchive(Lab lab, String make, String use, Map<String, String> settings)
      throws IOException, InterruptedException {
    this.file = Files.createTempDirectory("wxnotify-benchmark").resolve("archive");
    this.flags = with(lab.jvmFlags(), use + file);
    try (ServerProcess server =
        lab.server("wxnotify", with(lab.jvmFlags(), make + file), settings)) {
      this.transport = server.transport();
    }
    if (!Files.exists(file)) {
      throw new IOException("the JVM made no archive: " + make + file);
    }
  }

  /** The classes of one start (class-data sharing), made as the manual describes. */
  static ClassArchive ofClasses(Lab lab) throws IOException, InterruptedException {
    return new ClassArchive(lab, "-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile=", Map.of());
  }

  /**
   * Classes, and profiles of methods from a start with a warm-up (the JDK's AOT cache); empty if
   * this JDK is too old for it.
   */
  static Optional<ClassArchive> ofProfiles(Lab lab) throws IOException, InterruptedException {
    return Runtime.version().feature() < JDK_WITH_PROFILES
        ? Optional.empty()
        : Optional.of(
            new ClassArchive(lab, "-XX:AOTCacheOutput=", "-XX:AOTCache=", ServerFlags.WARM_UP));
  }

  /** Returns the transport of the server that created it. */
  Transport transport() {
    return transport;
  }

  /** Returns the flags that use it. */
  List<String> jvmFlags() {
    return flags;
  }

  private static List<String> with(List<String> flags, String flag) {
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
