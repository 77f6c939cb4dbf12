package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.config.ConfigLoader;
import dev.wxnotify.server.config.ConfigurationException;
import dev.wxnotify.server.config.DeclaredKeys;
import dev.wxnotify.server.config.ServerSettings;
import dev.wxnotify.server.testing.LogCapture;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A secret in the place of another value: no output of the start repeats it. The test puts it into
 * every key, in the file and in the environment.
 */
@Timeout(120)
class SecretInTheWrongPlaceTest {
  /** The part that identifies it. */
  private static final String MARK = "5ec4e7ca11";

  /** Typical secrets: an AppSecret, a password, one inside an address, and one of digits only. */
  private static final List<String> SECRETS =
      List.of(
          MARK + "0123456789abcdef012345",
          "p/" + MARK + "+w=\"'",
          MARK + "\nsecond line",
          "redis://user:" + MARK + "@127.0.0.1:bad",
          "http://user:" + MARK + "@127.0.0.1:1/path",
          "https://" + MARK + ":x",
          MARK + "://host",
          "  - " + MARK + ": [",
          "*" + MARK);

  private final Path directory;

  SecretInTheWrongPlaceTest(@TempDir Path directory) {
    this.directory = directory;
  }

  static Stream<Arguments> secretsByKey() {
    return DeclaredKeys.names().stream()
        .map(key -> key.replace("apps.NAME", "apps.shop").replace("callers.NAME", "callers.crm"))
        .flatMap(key -> SECRETS.stream().map(secret -> Arguments.of(key, secret)));
  }

  @ParameterizedTest
  @MethodSource("secretsByKey")
  void key_withASecret_isNamedAndTheSecretIsNot(String key, String secret) throws Exception {
    Map<String, String> keys = new TreeMap<>(usual());
    keys.put(key, secret);
    StringBuilder yaml = new StringBuilder();
    write("", tree(keys), yaml);
    Path file = Files.writeString(directory.resolve("c.yaml"), yaml);

    assertKeepsToItself(() -> ConfigLoader.load(file, Map.of(), Map.of()));
    Map<String, String> environment = new HashMap<>();
    keys.forEach((each, value) -> environment.put(variable(each), value));
    assertKeepsToItself(() -> ConfigLoader.load(null, environment, Map.of()));
  }

  @ParameterizedTest
  @MethodSource("secretsByKey")
  void key_withASecretThatIsNotQuoted_isNamedAndTheSecretIsNot(String key, String secret)
      throws Exception {
    StringBuilder yaml = new StringBuilder();
    write("", tree(Map.of(key, "")), yaml);
    Path file =
        Files.writeString(
            directory.resolve("c.yaml"),
            yaml.toString().replace("\"\"", secret.replace("\n", " ")));

    assertKeepsToItself(() -> ConfigLoader.load(file, Map.of(), Map.of()));
  }

  private interface Loading {
    ServerSettings load() throws ConfigurationException;
  }

  private static void assertKeepsToItself(Loading loading) throws Exception {
    try (LogCapture log = LogCapture.open()) {
      List<String> told = new ArrayList<>();
      try {
        NotificationServer server = new NotificationServer(loading.load());
        server.start();
        server.announce();
        server.close();
      } catch (ConfigurationException e) {
        told.addAll(e.mistakes());
      }
      assertThat(told).noneMatch(text -> text.contains(MARK));
      assertThat(log.everything()).doesNotContain(MARK);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve MARK",
        "serve --app-secret=MARK",
        "serve --app-secret MARK",
        "serve --MARK",
        "serve -MARK",
        "MARK",
        "--token=MARK",
        "serve --sandbox-port MARK",
        "serve --sandbox=MARK",
        "serve --config MARK",
        "serve --config=x MARK",
        "serve --config --MARK",
        "serve --config=a --config=MARK",
        "sandbox MARK",
        "sandbox --port=MARK",
        "sandbox --latency=MARK",
        "sandbox --app=MARK",
        "sandbox --fault=MARK",
        "sandbox --fault=send:MARK",
        "sandbox --quota=MARK",
        "sandbox --quota=send=MARK",
        "sandbox --template=MARK",
        "send MARK",
        "send seckill MARK",
        "send subscribe --data MARK",
        "send subscribe --data=MARK --open-id=o --template-id=t",
        "send subscribe --open-id=o --template-id=t --data thing1=x --bearer-token-file=MARK",
        "send subscribe --open-id=o --template-id=t --data thing1=x --ca=MARK",
        "send subscribe --open-id=o --template-id=t --data thing1=x --certificate=MARK"
            + " --private-key=MARK",
        "send subscribe --open-id=o --template-id=t --data thing1=x --state=MARK",
        "send subscribe --open-id=o --template-id=t --data thing1=x --language=MARK",
        "send subscribe --open-id=o --template-id=t --data thing1=x --timeout=MARK",
        "batch rows.csv MARK",
        "batch rows.csv --token MARK",
        "batch rows.csv --results=r --window=MARK",
        "batch --results=r --retries=MARK rows.csv",
      })
  void argument_withASecret_isNotRepeated(String line) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();

    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(line.replace("MARK", MARK).split(" "));

    assertThat(code).isNotZero();
    assertThat(err.toString()).isNotBlank();
    assertThat(out.toString() + err).doesNotContain(MARK).doesNotContain("Exception");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "WXNOTIFY_APPS_SHOP_APP_SECRET_FILE",
        "WXNOTIFY_REDIS_PASSWORD_FILE",
        "WXNOTIFY_GRPC_TLS_PRIVATE_KEY",
        "WXNOTIFY_LOG_LEVEL",
        "WXNOTIFY_TOKEN",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_TRACES_EXPORTER",
      })
  void process_withASecretInAVariable_printsItNowhere(String variable) throws Exception {
    Map<String, String> environment = new HashMap<>();
    usual().forEach((key, value) -> environment.put(variable(key), value));
    environment.put("WXNOTIFY_GRPC_HOST", "127.0.0.1");
    environment.put("WXNOTIFY_LEDGER_MAX_ENTRIES", "none"); // It never starts to serve.
    environment.put("WXNOTIFY_REDIS_URL", "redis://127.0.0.1:1");
    environment.put(variable, "http://user:" + MARK + "@127.0.0.1:1");

    try (WxnotifyProcess process = WxnotifyProcess.start(environment, "serve")) {
      assertThat(process.exitCode()).isEqualTo(ServeCommand.EXIT_CONFIG);
      assertThat(process.out() + process.err()).doesNotContain(MARK);
    }
  }

  @Test
  void process_withAVariableOfNoKey_warnsOnceWithoutItsValue() throws Exception {
    try (WxnotifyProcess process =
        WxnotifyProcess.start(
            Map.of("WXNOTIFY_GRPC_PORT", "0", "WXNOTIFY_GRPC_PROT", MARK), "serve", "--sandbox")) {
      assertThat(process.awaitErr("WXNOTIFY_GRPC_PROT"))
          .contains("WARN", "the nearest is WXNOTIFY_GRPC_PORT");
      process.awaitErr(" ready: ");
      process.terminate();
      assertThat(process.exitCode()).isZero();
      assertThat(process.out() + process.err()).doesNotContain(MARK);
      assertThat(process.err().lines().filter(line -> line.contains("_PROT"))).hasSize(1);
    }
  }

  private static Map<String, String> usual() {
    return Map.of(
        "wxnotify.grpc.port", "0",
        "wxnotify.monitoring.port", "0",
        "wxnotify.wechat.base-url", "http://127.0.0.1:1",
        "wxnotify.io.transport", RunningServer.TRANSPORT,
        "wxnotify.apps.shop.app-id", SandboxOptions.APP_ID,
        "wxnotify.apps.shop.app-secret", "x",
        "wxnotify.shutdown.grace", "1s");
  }

  private static Map<String, Object> tree(Map<String, String> keys) {
    Map<String, Object> tree = new TreeMap<>();
    keys.forEach(
        (key, value) -> {
          Map<String, Object> parent = tree;
          String[] parts = key.split("\\.", -1);
          for (int i = 0; i < parts.length - 1; i++) {
            @SuppressWarnings("unchecked") // Only mappings have keys below them.
            Map<String, Object> next =
                (Map<String, Object>) parent.computeIfAbsent(parts[i], part -> new TreeMap<>());
            parent = next;
          }
          parent.put(parts[parts.length - 1], value);
        });
    return tree;
  }

  private static void write(String indent, Map<String, Object> tree, StringBuilder yaml) {
    tree.forEach(
        (key, value) -> {
          yaml.append(indent).append(key).append(':');
          if (value instanceof Map) {
            @SuppressWarnings("unchecked") // As tree creates it.
            Map<String, Object> below = (Map<String, Object>) value;
            yaml.append('\n');
            write(indent + "  ", below, yaml);
          } else {
            yaml.append(" \"")
                .append(value.toString().replace("\"", "\\\"").replace("\n", "\\n"))
                .append("\"\n");
          }
        });
  }

  private static String variable(String key) {
    return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }
}
