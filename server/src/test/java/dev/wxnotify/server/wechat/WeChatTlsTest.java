package dev.wxnotify.server.wechat;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.wxnotify.server.testing.TestCa;
import dev.wxnotify.server.testing.TestLoops;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which certificates the connections to WeChat trust: they carry the AppSecret and the messages.
 */
class WeChatTlsTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String ACCEPTED = "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":1}";
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Properties before = new Properties();
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger gateAsked = new AtomicInteger();

  @BeforeEach
  void remember() {
    before.putAll(System.getProperties());
  }

  @AfterEach
  void restore() throws Exception {
    System.setProperties(before);
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  @Test
  void post_certificateOfATrustedAuthority_isAnswered(@TempDir Path directory) throws Exception {
    TestCa authority = new TestCa("authority");
    trust(authority, directory);

    HttpResult result = post(serve(authority.issueForLoopback("server")));

    assertThat(result).isInstanceOf(HttpResult.Answered.class);
    assertThat(requests).hasValue(1);
  }

  @Test
  void post_certificateOfAStranger_writesNothing(@TempDir Path directory) throws Exception {
    trust(new TestCa("authority"), directory);

    HttpResult result = post(serve(new TestCa("stranger").issueForLoopback("server")));

    assertNothingWritten(result);
    assertThat(explanation(result)).endsWith("is signed by an issuer that is not trusted");
  }

  @Test
  void post_certificateOfAnotherName_writesNothing(@TempDir Path directory) throws Exception {
    TestCa authority = new TestCa("authority");
    trust(authority, directory);

    HttpResult result =
        post(serve(authority.issue("other", new GeneralName(GeneralName.dNSName, "other.test"))));

    assertNothingWritten(result);
    assertThat(explanation(result)).contains("is not for this host name");
  }

  @Test
  void post_certificateThatHasExpired_writesNothing(@TempDir Path directory) throws Exception {
    TestCa authority = new TestCa("authority");
    trust(authority, directory);

    HttpResult result =
        post(
            serve(
                authority.issue(
                    "EC",
                    Instant.now().minusSeconds(60),
                    "server",
                    new GeneralName(GeneralName.dNSName, "localhost"))));

    assertNothingWritten(result);
    assertThat(explanation(result)).endsWith("has expired");
  }

  @Test
  void post_secondConnection_resumesTheSessionAndNamesTheHost(@TempDir Path directory)
      throws Exception {
    TestCa authority = new TestCa("authority");
    trust(authority, directory);
    GeneralName name = new GeneralName(GeneralName.dNSName, "api.we.test");
    TlsUpstream server = new TlsUpstream(authority.issue("server", name), ACCEPTED);
    toClose.add(server);
    WeChatHttpClient http = client(URI.create("https://api.we.test:" + server.port()));

    for (int i = 0; i < 2; i++) {
      assertThat(http.post(http.address("/send", null), "{}".getBytes(UTF_8), () -> true).get())
          .isInstanceOf(HttpResult.Answered.class);
    }

    assertThat(server.names()).containsExactly("api.we.test", "api.we.test");
    assertThat(server.resumed()).containsExactly(false, true);
  }

  // Helpers.

  private void assertNothingWritten(HttpResult result) {
    assertThat(result).isInstanceOf(HttpResult.NotWritten.class);
    assertThat(gateAsked).hasValue(0);
    assertThat(requests).hasValue(0);
  }

  /** Makes the JVM trust only this authority. */
  private static void trust(TestCa authority, Path directory) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    store.setCertificateEntry("authority", TestCa.read(authority.pem()));
    Path file = directory.resolve("trust.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD);
    }
    System.setProperty("javax.net.ssl.trustStore", file.toString());
    System.setProperty("javax.net.ssl.trustStorePassword", new String(PASSWORD));
  }

  private HttpsServer serve(TestCa.Identity identity) throws Exception {
    JdkSslContext context =
        (JdkSslContext)
            SslContextBuilder.forServer(
                    new ByteArrayInputStream(identity.certificate().getBytes(US_ASCII)),
                    new ByteArrayInputStream(identity.privateKey().getBytes(US_ASCII)))
                .sslProvider(SslProvider.JDK)
                .build();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context.context()));
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          byte[] body = ACCEPTED.getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    toClose.add(() -> server.stop(0));
    return server;
  }

  private static String explanation(HttpResult result) {
    return ((HttpResult.NotWritten) result).explanation();
  }

  private WeChatHttpClient client(URI url) throws Exception {
    TestLoops loops = new TestLoops(1);
    WeChatHttpClient http =
        new WeChatHttpClient(
            new WeChatHttpClient.Settings(url, null, LONG, LONG, 1, LONG),
            loops.group(),
            new ScriptedNames().with("localhost", "127.0.0.1").with("api.we.test", "127.0.0.1"));
    toClose.add(http);
    toClose.add(loops);
    return http;
  }

  private HttpResult post(HttpsServer server) throws Exception {
    WeChatHttpClient http =
        client(URI.create("https://localhost:" + server.getAddress().getPort()));
    return http.post(
            http.address("/send", null),
            "{}".getBytes(UTF_8),
            () -> gateAsked.incrementAndGet() > 0)
        .get();
  }
}
