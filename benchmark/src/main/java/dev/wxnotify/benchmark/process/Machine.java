package dev.wxnotify.benchmark.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The machine that the benchmark runs on. */
public final class Machine {
  private static final int TICK_MILLIS = 10;

  /** The columns of {@code /proc/stat} that count work: all except idle and waiting for I/O. */
  private static final List<Integer> BUSY = List.of(1, 2, 3, 6, 7, 8);

  private Machine() {}

  /** Describes it in words, without naming it. */
  public static String describe() {
    return Runtime.getRuntime().availableProcessors()
        + " cores, "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch")
        + ", JDK "
        + Runtime.version()
        + " ("
        + System.getProperty("java.vendor")
        + ")";
  }

  /** Returns how long all cores together have worked; zero if the system does not report it. */
  public static Duration busy() {
    try {
      String[] columns = Files.readAllLines(Path.of("/proc/stat")).get(0).split("\\s+", -1);
      return Duration.ofMillis(
          TICK_MILLIS * BUSY.stream().mapToLong(i -> Long.parseLong(columns[i])).sum());
    } catch (IOException e) {
      return Duration.ZERO;
    }
  }
}
