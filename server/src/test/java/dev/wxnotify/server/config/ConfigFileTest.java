package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What YAML allows, and a configuration does not mean. */
class ConfigFileTest {
  private static final String APP =
      """
      wxnotify:
        apps:
          shop:
            app-id: wx-shop
            app-secret: s3cr3t
      """;

  private final Path directory;

  ConfigFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'  grpc: {port: 1, port: 2}'                     | 6 | wxnotify.grpc.port is there twice",
        "'  apps: {}'                                     | 6 | wxnotify.apps is there twice",
        "'    shop: {app-secret: s3cr3t}'                 | 6 | wxnotify.apps.shop is there twice",
        "'      app-secret: s3cr3t'                       | 6 | wxnotify.apps.shop.app-secret is there twice",
        "'wxnotify: {}'                                   | 6 | wxnotify is there twice",
        "'---\nwxnotify: {grpc: {port: 1}}'               | 7 | a second document begins",
        "'  ? [s3cr3t]\n  : 1'                            | 6 | a key is not a plain text",
        "'  ? {s3cr3t: 1}\n  : 1'                         | 6 | a key is not a plain text",
        "'  ~: s3cr3t'                                    | 6 | a key is not a plain text",
        "'  \"\": s3cr3t'                                  | 6 | a key is not a plain text",
        "'  log: {format: !s3cr3t x}'                     | 6 | wxnotify.log.format has a tag",
        "'  log: {format: !!binary s3cr3t}'               | 6 | wxnotify.log.format has a tag",
        "'  log: &a {format: json, level: *a}'            | 6 | wxnotify.log.level holds itself",
        "'  log: {<<: s3cr3t}'                            | 6 | only a mapping can be merged",
        "'  log: {level: [[s3cr3t]]}'                     | 6 | wxnotify.log.level is a list of something",
      })
  void mistake_ofTheFile_isToldByItsLineWithoutItsContent(String more, int line, String what)
      throws Exception {
    String yaml = APP + more;

    assertThat(mistakes(yaml))
        .anyMatch(m -> m.startsWith("--config, line " + line + ": " + what))
        .noneMatch(m -> m.contains("s3cr3t"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wxnotify: [s3cr3t",
        "wxnotify:\n\t- s3cr3t",
        "wxnotify: *s3cr3t",
        "wxnotify: @s3cr3t",
        "wxnotify: %s3cr3t",
        "wxnotify: \"\\s3cr3t\"",
        "wxnotify: !s3cr3t!x y",
        "wxnotify: {a: b: s3cr3t}",
        "s3cr3t",
        "[s3cr3t]",
        "- s3cr3t",
        "42",
        "wxnotify: \"s3cr3t",
        "wxnotify: s3\u0001cr3t",
      })
  void file_ofWhichNothingCanBeMade_isToldWithoutItsContent(String yaml) throws Exception {
    assertThat(mistakes(yaml))
        .singleElement()
        .asString()
        .startsWith("--config: is not ")
        .doesNotContain("s3");
  }

  @Test
  void section_ofNothing_saysNothing() throws Exception {
    assertThat(load(APP + "      seckill:\n  redis:\n  grpc:\n    callers:\n    tls:\n"))
        .isEqualTo(load(APP));
  }

  @Test
  void file_inAnotherEncoding_isTold() throws Exception {
    Path file = Files.write(directory.resolve("c.yaml"), APP.getBytes(StandardCharsets.UTF_16));

    assertThat(mistakes(file)).containsExactly("--config: is not UTF-8 text");
  }

  @Test
  void file_thatIsTooLargeOrNoFile_isTold() throws Exception {
    Path file = Files.write(directory.resolve("c.yaml"), new byte[2 * 1024 * 1024]);

    assertThat(mistakes(file)).containsExactly("--config: is larger than 1 MiB");
    assertThat(mistakes(directory)).containsExactly("--config: is a directory, not a file");
    assertThat(mistakes(Path.of("/dev/zero"))).containsExactly("--config: is not a regular file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "# nothing\n", "---\n", "~", "wxnotify:\n", "{}"})
  void file_ofNothing_hasNoKeys(String yaml) throws Exception {
    assertThat(mistakes(yaml)).singleElement().asString().startsWith("wxnotify");
  }

  @Test
  void file_withAByteOrderMarkAndWindowsLines_isRead() throws Exception {
    assertThat(load("\uFEFF" + APP.replace("\n", "\r\n")).apps()).hasSize(1);
  }

  /** YAML makes numbers, dates and truth of these: a secret would be another one in silence. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "01234567",
        "0x1F",
        "1_000",
        "12:30:45",
        "1e10",
        "2026-01-01",
        "yes",
        "off",
        "00000000000000000000000000000001",
        "+1",
        ".5",
        "0b11",
        "0o17",
        ".inf",
        "="
      })
  void value_thatLooksLikeSomethingElse_isTakenAsItIsWritten(String value) throws Exception {
    assertThat(ConfigFixture.secret(load(APP.replace("s3cr3t", value)).apps().get(0)).value())
        .isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"no", "2024", "0123", "on", "1.5", "a.b"})
  void name_thatLooksLikeSomethingElse_isTakenAsItIsWritten(String name) throws Exception {
    ServerSettings settings =
        load(
            APP
                + "  grpc:\n    callers:\n      "
                + name
                + ":\n        token-sha256: "
                + "2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90\n");

    assertThat(settings.grpc().callers().get(0).name()).isEqualTo(name);
  }

  @Test
  void anchorsAndMerges_areFollowed() throws Exception {
    ServerSettings settings =
        load(
            """
            wxnotify:
              apps:
                shop: &shop
                  app-id: wx-shop
                  app-secret: one
                  seckill: {page: pages/a, note-keyword: thing7}
                club:
                  <<: *shop
                  app-id: wx-club
                cafe:
                  <<: [{app-id: wx-cafe}, *shop]
            """);

    assertThat(settings.apps())
        .extracting(app -> app.appId() + " " + app.seckill().noteKeyword())
        .containsExactlyInAnyOrder("wx-shop thing7", "wx-club thing7", "wx-cafe thing7");
  }

  @Test
  void references_thatGrowWithoutEnd_areToldAndEnd() throws Exception {
    StringBuilder values = new StringBuilder("a0: &a0 {x: s3cr3t}\n");
    StringBuilder merges = new StringBuilder("b0: &b0 {x: s3cr3t}\n");
    for (int i = 1; i < 30; i++) {
      values.append("a%d: &a%d {x: *a%d, y: *a%d}\n".formatted(i, i, i - 1, i - 1));
      merges.append("b%d: &b%d {<<: [*b%d, *b%d]}\n".formatted(i, i, i - 1, i - 1));
    }

    for (String yaml : List.of(values.toString(), merges.toString())) {
      assertThat(mistakes(yaml))
          .anyMatch(mistake -> mistake.contains("there are more than 10000 values"))
          .noneMatch(mistake -> mistake.contains("s3cr3t"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "grpc: {port: [1]}          | wxnotify.grpc.port: expected: one value, not a list",
        "log: {level: [INFO]}       | wxnotify.log.level: expected: one value, not a list",
        "log: {level: []}           | wxnotify.log.level: expected: one value, not a list",
        "redis: {key-prefix: [a,b]} | wxnotify.redis.key-prefix: expected: one value, not a list",
        "grpc: {port: {a: s3cr3t}}  | wxnotify.grpc.port.a: is not a known key",
        "grpc: s3cr3t               | wxnotify.grpc: expected: keys below it, not a value",
        "grpc: [s3cr3t]             | wxnotify.grpc: expected: keys below it, not a value",
        "redis: s3cr3t              | wxnotify.redis: expected: keys below it, not a value",
        "grpc: {callers: s3cr3t}    | wxnotify.grpc.callers: expected: keys below it",
        "grpc: {callers: {crm: }}   | wxnotify.grpc.callers.crm: expected: keys below it",
        "grpc: {callers: {crm: {}}} | wxnotify.grpc.callers.crm: expected: keys below it",
        "grpc: {callers: {crm: s3cr3t}}       | wxnotify.grpc.callers.crm: expected: keys below it",
        "grpc: {port: {}}           | wxnotify.grpc.port: is empty",
        "grpc: {callers: {crm: {apps: []}}}   | wxnotify.grpc.callers.crm",
        "grpc: {port: }             | wxnotify.grpc.port",
        "grpc: {port: ''}           | wxnotify.grpc.port",
        "grpc: {port: 1.5}          | wxnotify.grpc.port: expected: a whole number",
        "grpc: {port: 0x50}         | wxnotify.grpc.port: expected: a whole number",
        "grpc: {port: 99999999999}  | wxnotify.grpc.port: expected: a whole number",
        "grpc: {reflection: 2}      | wxnotify.grpc.reflection: expected: true or false",
      })
  void value_ofAnotherKind_isToldByKeyWithoutTheValue(String more, String told) throws Exception {
    assertThat(mistakes(APP + "  " + more))
        .isNotEmpty()
        .anyMatch(mistake -> mistake.startsWith(told))
        .noneMatch(mistake -> mistake.contains("s3cr3t"));
  }

  @Test
  void mistakes_ofTheFileAndOfTheValues_areToldTogether() throws Exception {
    assertThat(
            mistakes(
                """
                wxnotify:
                  grpc: {port: 70000, port: 1, prot: 2}
                  grpc: {port: 3}
                  log: {level: [loud]}
                  apps:
                    shop:
                      app-id: wx-shop
                """))
        .satisfiesExactlyInAnyOrder(
            m -> assertThat(m).contains("line 2: wxnotify.grpc.port is there twice"),
            m -> assertThat(m).contains("line 3: wxnotify.grpc is there twice"),
            m -> assertThat(m).isEqualTo("wxnotify.log.level: expected: one value, not a list"),
            m -> assertThat(m).startsWith("wxnotify.log.level: expected: ERROR, WARN"),
            m -> assertThat(m).isEqualTo("wxnotify.grpc.prot: is not a known key"),
            m -> assertThat(m).startsWith("wxnotify.grpc.port: expected: 0 to"),
            m -> assertThat(m).startsWith("wxnotify.apps.shop: expected: exactly one"));
  }

  private ServerSettings load(String yaml) throws Exception {
    return ConfigLoader.load(file(yaml), Map.of(), Map.of());
  }

  private List<String> mistakes(String yaml) throws Exception {
    return mistakes(file(yaml));
  }

  private static List<String> mistakes(Path file) {
    return catchThrowableOfType(
            ConfigurationException.class, () -> ConfigLoader.load(file, new HashMap<>(), Map.of()))
        .mistakes();
  }

  private Path file(String yaml) throws Exception {
    return Files.writeString(Files.createTempFile(directory, "config", ".yaml"), yaml);
  }
}
