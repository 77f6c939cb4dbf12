package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.config.ConfigLoader;
import dev.wxnotify.server.testing.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The calls printed for each kind of configuration; the CI runs them as printed. */
class CallsToTryTest {
  private static final String TOKEN = " -H \"authorization: Bearer $token\"";
  private static final String CERTIFICATE = " -cert \"$cert\" -key \"$key\"";

  private final Map<String, String> keys = new HashMap<>();

  private final Path directory;

  CallsToTryTest(@TempDir Path directory) {
    this.directory = directory;
    keys.put("wxnotify.apps.shop.app-id", "wx-shop");
    keys.put("wxnotify.apps.shop.app-secret", "secret");
  }

  private void configureTls() throws Exception {
    new TestCa("authority").issueForLoopback("server").writeTo(directory, "server");
    keys.put("wxnotify.grpc.tls.certificate", directory.resolve("server.crt").toString());
    keys.put("wxnotify.grpc.tls.private-key", directory.resolve("server.key").toString());
  }

  private void configureMutualTls() throws Exception {
    configureTls();
    Path ca = Files.writeString(directory.resolve("ca.pem"), new TestCa("clients").pem());
    keys.put("wxnotify.grpc.tls.client-ca", ca.toString());
  }

  private void configureCallerWithToken() {
    keys.put("wxnotify.grpc.callers.crm.token-sha256", "ab".repeat(32));
  }

  private String printed() throws Exception {
    return new CallsToTry(ConfigLoader.load(null, Map.of(), keys), 9090, 9464).text();
  }

  private void assertCallsBeginWith(String command) throws Exception {
    List<String> calls = printed().lines().filter(line -> line.startsWith("  grpcurl")).toList();
    assertThat(calls)
        .hasSize(3)
        .allSatisfy(call -> assertThat(call).startsWith("  grpcurl" + command + " "));
    assertThat(calls.get(0)).isEqualTo("  grpcurl" + command + " 127.0.0.1:9090 list");
    assertThat(calls.subList(1, 3)).allMatch(call -> call.startsWith(command + " -d '", 9));
  }

  @Test
  void text_nothingConfigured_isPlainAndNeedsNothing() throws Exception {
    assertCallsBeginWith(" -plaintext");
    assertThat(printed())
        .startsWith("Try:\n")
        .contains(
            "curl http://127.0.0.1:9464/readyz\n",
            "127.0.0.1:9090 wxnotify.v1.NotificationService/SendSeckillMessage\n")
        .doesNotContain("$");
  }

  @Test
  void text_callersWithTokens_takesOne() throws Exception {
    configureCallerWithToken();

    assertCallsBeginWith(" -plaintext" + TOKEN);
    assertThat(printed()).startsWith("Try (with a caller's token in $token):\n");
  }

  @Test
  void text_tls_isNotPlain() throws Exception {
    configureTls();

    assertCallsBeginWith(" -insecure");
    assertThat(printed()).startsWith("Try:\n");
  }

  @Test
  void text_mutualTlsWithoutCallers_takesACertificate() throws Exception {
    configureMutualTls();

    assertCallsBeginWith(" -insecure" + CERTIFICATE);
    assertThat(printed())
        .startsWith(
            "Try (with a certificate that client-ca signed in the file $cert and its key in $key):")
        .doesNotContain("token");
  }

  @Test
  void text_mutualTlsAndTokens_takesBoth() throws Exception {
    configureMutualTls();
    configureCallerWithToken();

    assertCallsBeginWith(" -insecure" + CERTIFICATE + TOKEN);
    assertThat(printed()).contains("$key, and a caller's token in $token):");
  }

  @Test
  void text_aCallerWithCertificateNames_takesItsCertificateAndNoToken() throws Exception {
    configureMutualTls();
    configureCallerWithToken();
    keys.put("wxnotify.grpc.callers.shop.certificate-names", "shop");

    assertCallsBeginWith(" -insecure" + CERTIFICATE);
    assertThat(printed())
        .startsWith("Try (with a caller's certificate in the file $cert and its key in $key):");
  }

  @Test
  void text_withoutReflection_takesTheContractFromFiles() throws Exception {
    keys.put("wxnotify.grpc.reflection", "false");

    assertThat(printed())
        .contains("grpcurl -plaintext -import-path proto -proto wxnotify/v1/notification_service")
        .doesNotContain(" list");
  }

  @Test
  void text_otherAddresses_areCalled() throws Exception {
    keys.put("wxnotify.grpc.host", "::1");
    keys.put("wxnotify.monitoring.host", "127.0.0.2");
    assertThat(printed()).contains(" [0:0:0:0:0:0:0:1]:9090 list", "http://127.0.0.2:9464/readyz");

    keys.put("wxnotify.grpc.host", "0.0.0.0");
    keys.put("wxnotify.grpc.allow-anonymous", "true");
    assertThat(printed()).contains(" 127.0.0.1:9090 list");
  }
}
