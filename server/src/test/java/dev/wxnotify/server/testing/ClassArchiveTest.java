package dev.wxnotify.server.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.wxnotify.server.Main;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassArchiveTest {
  private static final String MAIN = Main.class.getName();

  @Test
  void process_takesTheProgramFromTheArchive_andPrintsNothingElse() throws Exception {
    assumeThat(start(List.of("-Xshare:on", "-version")).waitFor())
        .as("this JDK shares its own classes")
        .isZero();
    Await.until(
        "the archive is there, which another JVM may be making",
        () -> ClassArchive.options().toString().contains("-XX:SharedArchiveFile="));

    assertThat(version("-Xlog:class+load:stderr")).contains(MAIN + " source: shared objects file");
    assertThat(version("-Dnone")).matches("wxnotify .*\\R");
  }

  /** A build of another JDK, or a full disk: it works without the archive. */
  @Test
  void archive_thatIsOfNoUse_isIgnored() throws Exception {
    List<String> options = new ArrayList<>(ClassArchive.options());
    options.replaceAll(option -> option.replaceAll("(?<=SharedArchiveFile=).*", "pom.xml"));

    assertThat(run(options, "-Dnone")).matches("wxnotify .*\\R");
  }

  private static String version(String option) throws Exception {
    return run(ClassArchive.options(), option);
  }

  private static String run(List<String> options, String option) throws Exception {
    List<String> all = new ArrayList<>(List.of(option));
    all.addAll(options);
    all.addAll(List.of(MAIN, "--version"));
    try (var output = start(all).getInputStream()) {
      return new String(output.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Process start(List<String> options) throws Exception {
    List<String> command = new ArrayList<>(options);
    command.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
