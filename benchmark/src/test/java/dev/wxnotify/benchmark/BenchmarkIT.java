package dev.wxnotify.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Runs the benchmark briefly, so that it keeps working; the figures of such a run mean nothing. */
class BenchmarkIT {
  private static final Path JAR = Path.of("../server/target/wxnotify-server.jar");

  @Test
  void saturation_smokeMode_measuresEveryPathWithoutErrors(@TempDir Path out) throws Exception {
    int code =
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(
                "--mode",
                "smoke",
                "--only",
                "saturation",
                "--jvm-flags", // Each process works for less than a second.
                "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
                "--jar",
                JAR.toString(),
                "--out",
                out.toString());

    assertThat(code).isZero();
    JsonNode section =
        new ObjectMapper().readTree(out.resolve("report.json").toFile()).at("/sections/0");
    List<String> paths = new ArrayList<>();
    for (JsonNode each : section.get("measurements")) {
      assertThat(each.get("messages").asLong()).as(each.toString()).isPositive();
      assertThat(each.get("errors").asLong()).as(each.toString()).isZero();
      paths.add(each.get("path").asText());
    }
    assertThat(paths)
        .contains("wxnotify, unary", "wxnotify, BatchSend", "WxJava, pool of 64")
        .anyMatch(path -> path.startsWith("bare relay on "));
    assertThat(section.get("targets"))
        .allSatisfy(
            target -> assertThat(target.get("verdict").asText()).isIn("NOT_JUDGED", "STATED"));
  }
}
