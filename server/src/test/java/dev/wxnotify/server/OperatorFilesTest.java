package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.metrics.Scrape;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RedisServerExtension;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dashboard, the alerts and the manual name only metrics of a real server. */
@Timeout(60)
class OperatorFilesTest {
  private static final String DASHBOARD = "../deploy/monitoring/dashboard.json";
  private static final String ALERTS = "../deploy/monitoring/alerts.yaml";
  private static final String MANUAL = "../docs/monitoring.md";

  /** A metric, with its label matchers if there are any. */
  private static final Pattern METRIC =
      Pattern.compile(
          "\\b((?:wxnotify|grpc_server|jvm|process|system)_[a-z0-9_]+)(?:\\{([^}]*)})?");

  private static final Pattern MATCHER =
      Pattern.compile("([A-Za-z_]+)(=|!=|=~|!~)\\\\?\"([^\"\\\\]*)\\\\?\"");

  /** What Prometheus adds. */
  private static final Set<String> TARGET_LABELS = Set.of("job", "instance");

  @RegisterExtension static final RedisServerExtension redis = RedisServerExtension.with();

  private static Scrape metrics = new Scrape("");

  @BeforeAll
  static void scrape() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(),
            Map.of(
                "wxnotify.redis.url", redis.url(),
                "wxnotify.apps.shop.push.token", "token",
                "wxnotify.apps.shop.push.mode", "plain"))) {
      assertThat(
              server
                  .blocking()
                  .sendSubscribeMessage(RunningServer.requestTo("user"))
                  .getMessageId())
          .isNotEmpty();
      System.gc(); // The pause metrics exist after the first pause.
      Await.until(
          "a garbage collection is seen",
          () -> {
            metrics =
                new Scrape(
                    HttpClient.newHttpClient()
                        .send(
                            HttpRequest.newBuilder(server.monitoring("/metrics")).build(),
                            BodyHandlers.ofString())
                        .body());
            return metrics.names().contains("jvm_gc_pause_seconds_sum");
          });
    }
  }

  private static List<MatchResult> metricsIn(String file) throws IOException {
    return METRIC.matcher(Files.readString(Path.of(file))).results().toList();
  }

  private static boolean exists(String metric) {
    return metrics.names().contains(metric) || metrics.names().contains(metric + "_count");
  }

  @ParameterizedTest
  @ValueSource(strings = {DASHBOARD, ALERTS, MANUAL})
  void everyMetricThatIsNamed_exists(String file) throws Exception {
    List<MatchResult> named = metricsIn(file);

    assertThat(named).hasSizeGreaterThan(10);
    assertThat(named.stream().map(metric -> metric.group(1)).filter(metric -> !exists(metric)))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {DASHBOARD, ALERTS})
  void everyLabelAndValueThatIsAskedFor_exists(String file) throws Exception {
    List<String> unknown = new ArrayList<>();
    int checked = 0;
    for (MatchResult metric : metricsIn(file)) {
      String conditions = metric.group(2) == null ? "" : metric.group(2);
      Matcher matcher = MATCHER.matcher(conditions);
      while (matcher.find()) {
        checked++;
        if (!hasSeries(metric.group(1), matcher.group(1), matcher.group(3))) {
          unknown.add(metric.group());
        }
      }
    }
    assertThat(checked).isPositive();
    assertThat(unknown).isEmpty();
  }

  private static boolean hasSeries(String metric, String label, String values) {
    if (TARGET_LABELS.contains(label)) {
      return true;
    }
    return List.of(values.split("\\|", -1)).stream()
        .allMatch(
            value ->
                metrics.series(metric).stream()
                    .anyMatch(
                        series ->
                            value.startsWith("$")
                                ? series.contains(label + "=\"")
                                : series.contains(label + "=\"" + value + "\"")));
  }

  @Test
  void everyMetricOfOurs_isInTheManual() throws Exception {
    Set<String> explained =
        metricsIn(MANUAL).stream().map(metric -> metric.group(1)).collect(Collectors.toSet());

    Set<String> ours = new TreeSet<>(metrics.names());
    ours.removeIf(
        name ->
            !name.startsWith("wxnotify_")
                || explained.contains(name)
                || explained.contains(name.replaceFirst("_(bucket|count|sum|max)$", "")));
    assertThat(ours).isEmpty();
  }

  @Test
  void everyAlert_isInTheManualAndIsTested() throws Exception {
    List<String> alerts =
        Pattern.compile("- alert: (\\w+)")
            .matcher(Files.readString(Path.of(ALERTS)))
            .results()
            .map(alert -> alert.group(1))
            .toList();

    assertThat(alerts).hasSizeGreaterThan(10).doesNotHaveDuplicates();
    String manual = Files.readString(Path.of(MANUAL));
    String tests = Files.readString(Path.of("../deploy/monitoring/alerts-test.yaml"));
    assertThat(alerts)
        .allSatisfy(
            alert -> {
              assertThat(manual).contains("`" + alert + "`");
              assertThat(tests).containsPattern("alertname: " + alert + "\n *exp_alerts:");
              assertThat(tests).contains("alertname: " + alert + "}");
            });
  }

  @Test
  void dashboard_panelsAreTellableAndDoNotOverlap() throws Exception {
    JsonNode dashboard = new ObjectMapper().readTree(Path.of(DASHBOARD).toFile());
    Set<Integer> ids = new HashSet<>();
    Set<String> taken = new HashSet<>();

    assertThat(dashboard.path("panels")).hasSizeGreaterThan(20);
    for (JsonNode panel : dashboard.path("panels")) {
      String title = panel.path("title").asText();
      assertThat(ids.add(panel.path("id").asInt())).as("id of %s", title).isTrue();
      JsonNode place = panel.path("gridPos");
      for (int x = 0; x < place.path("w").asInt(); x++) {
        for (int y = 0; y < place.path("h").asInt(); y++) {
          String cell = (place.path("x").asInt() + x) + "/" + (place.path("y").asInt() + y);
          assertThat(taken.add(cell)).as("%s at %s", title, cell).isTrue();
        }
      }
      assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(24);
      for (JsonNode target : panel.path("targets")) {
        assertThat(target.path("expr").asText()).as(title).isNotBlank();
        assertThat(target.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
      }
    }
  }
}
