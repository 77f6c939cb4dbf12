package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The threads that the manual names are those that a server has. */
class DocumentedThreadsTest {
  private static final Path MANUAL = Path.of("../docs");
  private static final Path PAGE = MANUAL.resolve("concurrency.md");

  /** The first cell of a row of the table of threads. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(wxnotify-[a-z]+)[-*]*`");

  private static final Pattern NAME = Pattern.compile("(wxnotify-[a-z]+)(?:-\\d+)*");

  /** In a line of the log. */
  private static final Pattern LOGGED = Pattern.compile("\"thread\":\"([^\"]*?)(?:-\\d+)*\"");

  @Test
  void threadsOfAServer_areOnThePage() throws Exception {
    String page = Files.readString(PAGE);
    try (RunningServer server = RunningServer.start()) {
      server.blocking().sendSubscribeMessage(RunningServer.requestTo("user"));

      assertThat(running())
          .contains("wxnotify-io", "wxnotify-timer")
          .allSatisfy(name -> assertThat(page).contains("`" + name));
    }
  }

  /** Some are only there where they are needed, so the sources say which there are. */
  @Test
  void threadsOfThePage_areMadeByTheServer() throws Exception {
    String sources = sources();

    assertThat(ROW.matcher(Files.readString(PAGE)).results().map(row -> row.group(1)))
        .hasSizeGreaterThanOrEqualTo(4)
        .allSatisfy(name -> assertThat(sources).contains('"' + name));
  }

  @Test
  void threadsOfLogLinesInTheManual_areOnThePage() throws Exception {
    String page = Files.readString(PAGE);

    assertThat(threadsOfLogLines())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(page).containsPattern("\\| `" + name + "[-*`]"));
  }

  private static Set<String> threadsOfLogLines() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> pages = Files.walk(MANUAL)) {
      for (Path each : pages.filter(file -> file.toString().endsWith(".md")).toList()) {
        LOGGED.matcher(Files.readString(each)).results().forEach(line -> names.add(line.group(1)));
      }
    }
    return names;
  }

  private static String sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      StringBuilder all = new StringBuilder();
      for (Path each : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        all.append(Files.readString(each));
      }
      return all.toString();
    }
  }

  private static Set<String> running() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(thread -> NAME.matcher(thread.getName()))
        .filter(Matcher::matches)
        .map(name -> name.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
