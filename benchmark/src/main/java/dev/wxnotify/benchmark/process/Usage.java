package dev.wxnotify.benchmark.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process has used, as the operating system tells it and not the process itself.
 *
 * @param cpu user and system time since its start, in steps of 10 ms on Linux
 * @param residentBytes 0 where the system does not tell
 * @param threads 0 where the system does not tell
 */
public record Usage(Duration cpu, long residentBytes, int threads) {
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Pattern THREADS = Pattern.compile("Threads:\\s+(\\d+)");
  private static final int KIB = 1024;

  /** Reads the usage of a process that is alive. */
  public static Usage of(long pid) {
    Duration cpu =
        ProcessHandle.of(pid)
            .flatMap(process -> process.info().totalCpuDuration())
            .orElseThrow(() -> new IllegalStateException("process " + pid + " has ended"));
    String status = status(pid);
    return new Usage(cpu, number(RESIDENT, status) * KIB, (int) number(THREADS, status));
  }

  private static String status(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "status"));
    } catch (IOException e) {
      return ""; // No Linux.
    }
  }

  private static long number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }
}
