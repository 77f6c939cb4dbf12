package dev.wxnotify.server.testing;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The classes of the program as the JVM shares them (CDS), for the processes that tests start:
 * {@code serve} then takes a third less CPU until it is ready.
 *
 * <p>The first JVM that starts a process makes the archive, in {@code target}, by a server that it
 * starts and stops; others start theirs without the archive meanwhile. An archive belongs to one
 * JDK and one class path, down to the last class file. It holds only what comes from jars, so the
 * folders of the class path become jars too. Where no archive can be made, everything works as
 * before, and slower.
 */
public final class ClassArchive {
  private static final Path FOLDER = Path.of("target", "class-archive").toAbsolutePath();
  private static final String LOCK = "lock";
  private static final String MAIN = "dev.wxnotify.server.Main";
  private static final long LONGEST_SECONDS = 60;

  /** What this JVM has found out so far; tests may start processes on several threads. */
  private static List<String> known = List.of();

  private ClassArchive() {}

  /** Returns the options for the class path of this JVM, and for the archive if there is one. */
  public static synchronized List<String> options() {
    List<String> without = List.of("-cp", System.getProperty("java.class.path"));
    if (known.isEmpty()) {
      try {
        Build build = new Build(System.getProperty("java.class.path"));
        if (!Files.exists(build.done) && !make(build)) {
          return without;
        }
        known = Files.exists(build.archive) ? build.options() : without;
      } catch (IOException e) {
        known = without;
      }
    }
    return known;
  }

  /** Returns false if another JVM is at work. */
  private static boolean make(Build build) throws IOException {
    Files.createDirectories(FOLDER);
    try (FileChannel channel =
            FileChannel.open(
                FOLDER.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        return false;
      }
      if (!Files.exists(build.done)) {
        removeOthers(build);
        build.make();
      }
      return true;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** An archive is large, and those of earlier class files are of no use any more. */
  private static void removeOthers(Build build) throws IOException {
    Path lock = FOLDER.resolve(LOCK);
    List<Path> old = new ArrayList<>();
    try (Stream<Path> files = Files.walk(FOLDER)) {
      files.filter(file -> !file.equals(FOLDER) && !file.equals(lock)).forEach(old::add);
    }
    old.sort(Comparator.reverseOrder());
    for (Path file : old) {
      Files.deleteIfExists(file);
    }
    Files.createDirectories(build.folder);
  }

  /** One archive, and the jars that it needs. */
  private static final class Build {
    private final List<Path> classPath;
    private final Path folder;
    private final Path archive;
    private final Path done;

    Build(String classPath) throws IOException {
      this.classPath =
          Arrays.stream(classPath.split(File.pathSeparator))
              .filter(entry -> !entry.isEmpty()) // This folder, which holds the archive.
              .map(Path::of)
              .filter(Files::exists)
              .toList();
      this.folder = FOLDER.resolve(key());
      this.archive = folder.resolve("classes.jsa");
      this.done = folder.resolve("output");
    }

    private String key() throws IOException {
      CRC32 sum = new CRC32();
      update(sum, System.getProperty("java.home") + System.getProperty("java.vm.version"));
      for (Path entry : classPath) {
        for (Path file : files(entry)) {
          update(
              sum,
              file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis());
        }
      }
      return Long.toHexString(sum.getValue());
    }

    private static void update(CRC32 sum, String text) {
      sum.update(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Path> files(Path entry) throws IOException {
      try (Stream<Path> files = Files.walk(entry)) {
        return files.filter(Files::isRegularFile).sorted().toList();
      }
    }

    List<String> options() {
      return List.of(
          "-XX:SharedArchiveFile=" + archive,
          "-Xshare:auto",
          "-Xlog:cds*=off", // Standard output is the program's, whatever the JVM finds.
          "-cp",
          jars());
    }

    /** The class path with jars in the place of folders. */
    String jars() {
      List<String> jars = new ArrayList<>();
      for (int i = 0; i < classPath.size(); i++) {
        Path entry = classPath.get(i);
        jars.add((Files.isDirectory(entry) ? folder.resolve(i + ".jar") : entry).toString());
      }
      return String.join(File.pathSeparator, jars);
    }

    void make() throws IOException {
      for (int i = 0; i < classPath.size(); i++) {
        if (Files.isDirectory(classPath.get(i))) {
          jar(classPath.get(i), folder.resolve(i + ".jar"));
        }
      }
      Path made = folder.resolve("classes.new");
      String output = serve(made);
      if (Files.exists(made)) {
        Files.move(made, archive);
      }
      Files.writeString(done, output);
    }

    private static void jar(Path directory, Path jar) throws IOException {
      try (OutputStream file = Files.newOutputStream(jar);
          ZipOutputStream zip = new ZipOutputStream(file)) {
        zip.setLevel(1);
        Set<String> folders = new HashSet<>();
        for (Path each : files(directory)) {
          String name = directory.relativize(each).toString().replace('\\', '/');
          for (int i = name.indexOf('/'); i >= 0; i = name.indexOf('/', i + 1)) {
            String parent = name.substring(0, i + 1);
            if (folders.add(parent)) {
              zip.putNextEntry(new ZipEntry(parent)); // Flyway looks for migrations in a folder.
            }
          }
          zip.putNextEntry(new ZipEntry(name));
          Files.copy(each, zip);
          zip.closeEntry();
        }
      }
    }

    /** A server that uses as much as it can in a moment; its end writes the archive. */
    private String serve(Path made) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:ArchiveClassesAtExit=" + made,
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              jars(),
              MAIN,
              "serve",
              "--sandbox");
      Map<String, String> environment = builder.environment();
      environment
          .keySet()
          .removeIf(
              name ->
                  name.startsWith("WXNOTIFY")
                      || name.startsWith("OTEL_")
                      || name.equals("JAVA_TOOL_OPTIONS")
                      || name.equals("JDK_JAVA_OPTIONS"));
      environment.put("WXNOTIFY_GRPC_PORT", "0");
      environment.put("WXNOTIFY_MONITORING_PORT", "0");
      environment.put("WXNOTIFY_REDIS_URL", "redis://127.0.0.1:1");
      environment.put("WXNOTIFY_WARM_UP", "100ms");
      Process process = builder.redirectErrorStream(true).start();
      Thread watchdog = new Thread(() -> killLater(process), "class-archive");
      watchdog.setDaemon(true);
      watchdog.start();
      StringBuilder output = new StringBuilder();
      try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          output.append(line).append('\n');
          if (line.contains(" ready: ")) {
            process.toHandle().destroy();
          }
        }
      }
      return output.toString();
    }

    private static void killLater(Process process) {
      try {
        if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e); // Nobody interrupts it.
      }
    }
  }
}
