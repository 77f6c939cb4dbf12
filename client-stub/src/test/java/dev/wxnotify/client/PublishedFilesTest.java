package dev.wxnotify.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The content of the jar. */
class PublishedFilesTest {
  private static final int JAVA_8 = 52;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "error.proto",
        "event_service.proto",
        "message.proto",
        "message_service.proto",
        "notification_service.proto",
        "operations_service.proto",
        "subscription_service.proto",
        "template_service.proto",
        "token_service.proto",
        "wxnotify_grpc_service_config.json"
      })
  void contract_isInTheJarAsItStandsInTheTree(String file) throws Exception {
    Path original = Path.of("..", "proto", "wxnotify", "v1", file);

    assertThat(Files.readString(classes().resolve("wxnotify/v1").resolve(file)))
        .isEqualTo(Files.readString(original));
  }

  @Test
  void classes_allOfThem_areForJava8() throws Exception {
    try (Stream<Path> files = Files.walk(classes())) {
      List<Path> classFiles = files.filter(file -> file.toString().endsWith(".class")).toList();
      assertThat(classFiles).hasSizeGreaterThan(50);
      for (Path file : classFiles) {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
          assertThat(in.readInt()).isEqualTo(0xCAFEBABE);
          assertThat(in.readUnsignedShort()).as("minor version of %s", file).isZero();
          assertThat(in.readUnsignedShort()).as("major version of %s", file).isEqualTo(JAVA_8);
        }
      }
    }
  }

  @Test
  void serviceConfig_isTheOnePublished_butABatchMakesItsOwnReconnects() {
    Map<String, Object> config = ServiceConfig.load(false);

    assertThat(config)
        .containsEntry("loadBalancingConfig", List.of(Map.of("round_robin", Map.of())));
    assertThat(config.get("methodConfig"))
        .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
        .satisfiesExactly(
            unary -> assertThat(unary.get("waitForReady")).isEqualTo(true),
            batch -> assertThat(batch.containsKey("waitForReady")).isFalse());
  }

  @Test
  void serviceConfig_failFast_waitsForNothing() {
    assertThat(ServiceConfig.load(true).toString()).doesNotContain("waitForReady");
  }

  private static Path classes() throws URISyntaxException {
    URL classes = ServiceConfig.class.getProtectionDomain().getCodeSource().getLocation();
    return Path.of(classes.toURI());
  }
}
