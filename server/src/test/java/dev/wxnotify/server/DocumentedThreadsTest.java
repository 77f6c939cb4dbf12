package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The threads that docs/concurrency.md names are those that a server has. */
class DocumentedThreadsTest {
  private static final Path PAGE = Path.of("../docs/concurrency.md");

  /** The first cell of a row of the table of threads. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(wxnotify-[a-z]+)[-*]*`");

  private static final Pattern NAME = Pattern.compile("(wxnotify-[a-z]+)(?:-\\d+)*");

  @Test
  void threadsOfAServer_areThoseOfThePage() throws Exception {
    String page = Files.readString(PAGE);
    Set<String> documented =
        ROW.matcher(page)
            .results()
            .map(row -> row.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    try (RunningServer server = RunningServer.start()) {
      server.blocking().sendSubscribeMessage(RunningServer.requestTo("user"));

      assertThat(running())
          .containsAll(documented)
          .allSatisfy(name -> assertThat(page).contains("`" + name));
      assertThat(documented).hasSizeGreaterThanOrEqualTo(4);
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
