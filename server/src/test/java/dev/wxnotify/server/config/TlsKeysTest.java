package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of TLS. */
class TlsKeysTest extends ConfigFixture {
  TlsKeysTest(@TempDir Path directory) {
    super(directory);
  }

  @Test
  void tls_files_areReadAndWatched() throws Exception {
    TestCa ca = new TestCa("authority");
    ca.issueForLoopback("server").writeTo(directory, "server");
    Path clientCa = Files.writeString(directory.resolve("ca.crt"), ca.pem());

    ServerSettings settings =
        load(
            with(
                ONE_APP,
                Map.of(
                    "wxnotify.grpc.tls.certificate", directory.resolve("server.crt").toString(),
                    "wxnotify.grpc.tls.private-key", directory.resolve("server.key").toString(),
                    "wxnotify.grpc.tls.client-ca", clientCa.toString())),
            Map.of());

    assertThat(settings.grpc().tls()).isNotNull();
    assertThat(settings.tlsFiles())
        .isEqualTo(
            new ServerSettings.TlsFiles(
                directory.resolve("server.crt"), directory.resolve("server.key"), clientCa));
  }

  @Test
  void mistakes_ofTls_areToldTogetherByKey() throws Exception {
    TestCa ca = new TestCa("authority");
    ca.issue("RSA", Instant.now().minusSeconds(60), "ended").writeTo(directory, "ended");
    ca.issueForLoopback("other").writeTo(directory, "other");
    Path clientCa = Files.writeString(directory.resolve("ca.crt"), "s3cr3t");

    assertThat(
            mistakes(
                with(
                    ONE_APP,
                    Map.of(
                        "wxnotify.grpc.tls.certificate", directory.resolve("ended.crt").toString(),
                        "wxnotify.grpc.tls.private-key", directory.resolve("other.key").toString(),
                        "wxnotify.grpc.tls.client-ca", clientCa.toString(),
                        "wxnotify.grpc.max-connections", "0")),
                Map.of()))
        .satisfiesExactlyInAnyOrder(
            a -> assertThat(a).startsWith("wxnotify.grpc.tls.certificate: expired at "),
            b ->
                assertThat(b)
                    .isEqualTo("wxnotify.grpc.tls.private-key: is not the key of the certificate"),
            c -> assertThat(c).startsWith("wxnotify.grpc.tls.client-ca: contains no certificate"),
            d -> assertThat(d).isEqualTo("wxnotify.grpc.max-connections: expected: at least 1"));
  }

  @Test
  void mistakes_ofTlsFilesThatAreNotThere_areToldTogetherByKey() throws Exception {
    Path absent = directory.resolve("absent");

    assertThat(
            mistakes(
                with(
                    ONE_APP,
                    Map.of(
                        "wxnotify.grpc.tls.certificate", absent.toString(),
                        "wxnotify.grpc.tls.private-key", absent.toString(),
                        "wxnotify.grpc.tls.client-ca", absent.toString())),
                Map.of()))
        .containsExactlyInAnyOrder(
            "wxnotify.grpc.tls.certificate: does not exist",
            "wxnotify.grpc.tls.private-key: does not exist",
            "wxnotify.grpc.tls.client-ca: does not exist");
  }

  @Test
  void mistake_clientCaWithoutCertificate_isTold() throws Exception {
    assertThat(mistakes(with(ONE_APP, "wxnotify.grpc.tls.client-ca", "/x"), Map.of()))
        .containsExactly("wxnotify.grpc.tls.client-ca: needs certificate and private-key");
  }

  @Test
  void mistake_certificateWithoutKey_isTold() throws Exception {
    assertThat(mistakes(with(ONE_APP, "wxnotify.grpc.tls.certificate", "/x"), Map.of()))
        .containsExactly(
            "wxnotify.grpc.tls: expected: both certificate and private-key, or none of them");
  }
}
