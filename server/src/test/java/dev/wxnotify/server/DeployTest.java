package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.config.ConfigLoader;
import dev.wxnotify.server.config.ConfigurationException;
import dev.wxnotify.server.config.ServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files in {@code deploy/} must match this server. */
class DeployTest {
  private static final Path DEPLOY = Path.of("..", "deploy");

  @Test
  void sample_withASecretInPlace_isAConfigurationThatListensBeyondLoopback(@TempDir Path directory)
      throws Exception {
    Path secret = Files.writeString(directory.resolve("shop"), "s3cret");
    Path sample =
        Files.writeString(
            directory.resolve("wxnotify.yaml"),
            read("wxnotify.yaml").replace("/run/secrets/wxnotify/shop", secret.toString()));

    ServerSettings settings =
        ConfigLoader.load(
            sample,
            Map.of("WXNOTIFY_GRPC_HOST", "0.0.0.0", "WXNOTIFY_MONITORING_HOST", "0.0.0.0"),
            Map.of());

    assertThat(settings.apps()).hasSize(1);
    assertThat(settings.grpc().callers()).hasSize(1);
  }

  @Test
  void whoStopsIt_waitsLongerThanTheGrace() throws Exception {
    Duration grace = defaults().grace();
    long preStop = number("kubernetes/deployment.yaml", "(?s)sleep:\\s+seconds: (\\d+)");

    assertThat(number("kubernetes/deployment.yaml", "terminationGracePeriodSeconds: (\\d+)"))
        .isGreaterThan(preStop + grace.toSeconds());
    assertThat(number("compose.yaml", "stop_grace_period: (\\d+)s"))
        .isGreaterThan(grace.toSeconds());
    assertThat(number("wxnotify.service", "TimeoutStopSec=(\\d+)s"))
        .isGreaterThan(grace.toSeconds());
  }

  @Test
  void ports_areTheDefaults() throws Exception {
    ServerSettings defaults = defaults();

    assertThat(number("Dockerfile", "EXPOSE (\\d+) \\d+"))
        .isEqualTo(number("kubernetes/deployment.yaml", "name: grpc\\s+containerPort: (\\d+)"))
        .isEqualTo(defaults.grpc().address().getPort());
    assertThat(number("Dockerfile", "EXPOSE \\d+ (\\d+)"))
        .isEqualTo(
            number("kubernetes/deployment.yaml", "name: monitoring\\s+containerPort: (\\d+)"))
        .isEqualTo(defaults.monitoringAddress().getPort());
  }

  @Test
  void exitCodes_thatARestartDoesNotMend_areThoseOfTheCommand() throws Exception {
    assertThat(read("wxnotify.service"))
        .contains(
            "RestartPreventExitStatus=" + Main.EXIT_USAGE + " " + ServeCommand.EXIT_CONFIG + "\n");
  }

  @Test
  void user_isTheSameInTheImageAndInThePod() throws Exception {
    assertThat(number("Dockerfile", "USER (\\d+):"))
        .isEqualTo(number("kubernetes/deployment.yaml", "runAsUser: (\\d+)"))
        .isPositive();
  }

  @Test
  void locale_isThatOfUtf8_whereverItIsStarted() throws Exception {
    assertThat(read("Dockerfile")).contains("ENV LANG=C.UTF-8 ");
    assertThat(read("wxnotify.service")).contains("\nEnvironment=LANG=C.UTF-8\n");
    assertThat(read("kubernetes/deployment.yaml"))
        .containsPattern("- name: LANG\\s+value: C.UTF-8\n");
    assertThat(read("compose.yaml").split("LANG: C.UTF-8\n", -1)).hasSize(3);
  }

  private static ServerSettings defaults() throws ConfigurationException {
    return ConfigLoader.load(
        null,
        Map.of("WXNOTIFY_APPS_SHOP_APP_ID", "wx-shop", "WXNOTIFY_APPS_SHOP_APP_SECRET", "s"),
        Map.of());
  }

  private static long number(String file, String pattern) throws IOException {
    Matcher matcher = Pattern.compile(pattern).matcher(read(file));
    assertThat(matcher.find()).as("%s in %s", pattern, file).isTrue();
    return Long.parseLong(Objects.requireNonNull(matcher.group(1)));
  }

  private static String read(String file) throws IOException {
    return Files.readString(DEPLOY.resolve(file));
  }
}
