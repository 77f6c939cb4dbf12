package dev.wxnotify.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SubscribeMessage;
import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a self-signed certificate for {@code wxnotify.test}. */
class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final SendSubscribeMessageRequest REQUEST =
      SendSubscribeMessageRequest.newBuilder()
          .setMessage(SubscribeMessage.newBuilder().setOpenId("o-1"))
          .build();

  /** Created once, since that takes seconds. */
  private static KeyStore keys;

  private final FakeService service = new FakeService();
  private final String address;

  TlsTest() throws Exception {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD);
    address =
        service.listen(
            NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TlsServerCredentials.newBuilder().keyManager(factory.getKeyManagers()).build()));
  }

  @BeforeAll
  static void makeKeys(@TempDir Path directory) throws Exception {
    keys = keysIn(directory.resolve("keys.p12"));
  }

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void server_trusted_isCalled() throws Exception {
    try (NotificationClient client =
        NotificationClient.builder(address)
            .credentials(trusting())
            .authority("wxnotify.test")
            .bearerToken("t")
            .build()) {
      assertThat(client.send(REQUEST).getMessageId()).isEqualTo("m-o-1");
    }
  }

  @Test
  void server_inAList_isCheckedByTheAuthority() throws Exception {
    try (NotificationClient client =
        NotificationClient.builder(List.of(address))
            .credentials(trusting())
            .authority("wxnotify.test")
            .build()) {
      assertThat(client.send(REQUEST).getMessageId()).isEqualTo("m-o-1");
    }
  }

  @Test
  void server_ofAnotherName_isNotCalled() throws Exception {
    try (NotificationClient client =
        NotificationClient.builder(address)
            .credentials(trusting())
            .authority("other.test")
            .failFast()
            .build()) {
      assertNotSent(client);
    }
  }

  @Test
  void server_untrusted_isNotCalledByDefault() throws Exception {
    try (NotificationClient client = NotificationClient.builder(address).failFast().build()) {
      assertNotSent(client);
    }
  }

  private void assertNotSent(NotificationClient client) {
    SendException thrown =
        catchThrowableOfType(
            SendException.class, () -> client.send(REQUEST, Duration.ofSeconds(5)));

    assertThat(thrown.outcome()).isEqualTo(Outcome.OUTCOME_NOT_SENT);
    assertThat(service.sent).isEmpty();
  }

  private ChannelCredentials trusting() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return TlsChannelCredentials.newBuilder().trustManager(factory.getTrustManagers()).build();
  }

  /** With the JDK's tool, since it has no API for this. */
  private static KeyStore keysIn(Path file) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=wxnotify.test",
                "-ext",
                "san=dns:wxnotify.test",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool: " + said);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }
}
