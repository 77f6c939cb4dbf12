package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.LogCapture;
import dev.wxnotify.server.testing.TestCa;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.OperationsServiceGrpc;
import dev.wxnotify.v1.OperationsServiceGrpc.OperationsServiceBlockingStub;
import dev.wxnotify.v1.RefreshTokenRequest;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.TokenStatus;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and secrets that are replaced while calls go on. */
@Timeout(120)
class RotationTest {
  private final TestCa ca;
  private final Path mount;

  RotationTest(@TempDir Path mount) throws Exception {
    this.mount = mount;
    this.ca = new TestCa("authority");
  }

  @Test
  void certificate_replacedUnderLoad_failsNoCall() throws Exception {
    turnTo(ca.issueForLoopback("first"));
    try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), tlsKeys(false));
        Load load = overTls(server, null)) {
      BigInteger first = serialOf(server.port());
      load.awaitMore(50);

      TestCa.Identity second = ca.issueForLoopback("second");
      turnTo(second);
      BigInteger expected = TestCa.read(second.certificate()).getSerialNumber();
      Await.until("new connections see it", () -> serialOf(server.port()).equals(expected));
      load.awaitMore(200);

      assertThat(first).isNotEqualTo(expected);
      assertThat(load.failures()).isEmpty();
    }
  }

  /** A new CA beside the old one, then clients of the new one, then the old one away. */
  @Test
  void clientCa_replaced_letsTheNewClientsInAndTheOldOut() throws Exception {
    TestCa next = new TestCa("next");
    turnTo(ca.issueForLoopback("server"));
    try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), tlsKeys(true))) {
      assertThat(isLetIn(server.port(), ca.issue("old"))).isTrue();
      assertThat(isLetIn(server.port(), next.issue("new"))).isFalse();
      try (Load load = overTls(server, ca.issue("loaded"))) {
        turnTo(ca.issueForLoopback("server"), ca.pem() + next.pem());
        Await.until("the new CA counts", () -> isLetIn(server.port(), next.issue("new")));
        load.awaitMore(100);
        assertThat(load.failures()).isEmpty();
      }

      turnTo(ca.issueForLoopback("server"), next.pem());
      Await.until("the old CA does not", () -> !isLetIn(server.port(), ca.issue("old")));
      assertThat(isLetIn(server.port(), next.issue("new"))).isTrue();
    }
  }

  /** The token that there is lives on; the next token call has the new secret. */
  @Test
  void appSecret_replacedUnderLoad_failsNoCall() throws Exception {
    Path file = Files.writeString(mount.resolve("secret"), SandboxOptions.APP_SECRET);
    Map<String, String> keys = Map.of("wxnotify.apps.shop.app-secret-file", file.toString());
    try (LogCapture log = LogCapture.open();
        RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys);
        Load load =
            new Load(
                () ->
                    NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                        .usePlaintext()
                        .build())) {
      load.awaitMore(50);
      Files.writeString(file, "another-secret-of-a-person-who-errs\n");
      awaitSecrets(log, 1);
      assertThat(refresh(server)).isEqualTo(ErrorReason.WECHAT_CREDENTIALS);
      assertThat(status(server).getTroubleErrcode()).isEqualTo(40125);
      load.awaitMore(50);

      Files.writeString(file, "\"quoted-by-a-person-who-errs\"\n");
      awaitWarning(log, "has quotes around it");
      Files.writeString(file, SandboxOptions.APP_SECRET + "\n");
      awaitSecrets(log, 2);
      Await.until("it heals by itself", () -> status(server).getTrouble().isEmpty());
      load.awaitMore(50);

      assertThat(load.failures()).isEmpty();
      assertThat(refresh(server)).isNull();
      assertThat(log.everything())
          .doesNotContain("who-errs")
          .doesNotContain(SandboxOptions.APP_SECRET);
    }
  }

  private static void awaitSecrets(LogCapture log, int count) throws Exception {
    Await.until(
        "the secret is read", () -> log.lines(Level.INFO, "a new AppSecret").size() == count);
  }

  private static @Nullable ErrorReason refresh(RunningServer server) throws Exception {
    try {
      operations(server).refreshToken(RefreshTokenRequest.getDefaultInstance());
      return null;
    } catch (StatusRuntimeException e) {
      return RunningServer.sendError(e).getReason();
    }
  }

  private static TokenStatus status(RunningServer server) {
    return operations(server)
        .getTokenStatus(GetTokenStatusRequest.getDefaultInstance())
        .getTokens(0);
  }

  private static OperationsServiceBlockingStub operations(RunningServer server) {
    return OperationsServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private Load overTls(RunningServer server, TestCa.@Nullable Identity identity) {
    return new Load(() -> AccessTest.channel(server.port(), identity, ca.pem()));
  }

  @Test
  void files_thatAreOfNoUse_keepTheOldCertificate_andAreToldOnce() throws Exception {
    turnTo(ca.issueForLoopback("first"));
    try (LogCapture log = LogCapture.open();
        RunningServer server = RunningServer.start(SandboxOptions.defaults(), tlsKeys(false))) {
      BigInteger first = serialOf(server.port());
      TestCa.Identity other = ca.issueForLoopback("other");
      turnTo(
          new TestCa.Identity(
              ca.issueForLoopback("a").certificate(), ca.issueForLoopback("b").privateKey()));
      awaitWarning(log, "the private key is not the key of the certificate");
      assertThat(serialOf(server.port())).isEqualTo(first);
      turnTo(new TestCa.Identity("not a certificate", "not a key"));
      awaitWarning(log, "the certificate contains no certificate in PEM");
      assertThat(serialOf(server.port())).isEqualTo(first);

      turnTo(other);
      BigInteger expected = TestCa.read(other.certificate()).getSerialNumber();
      Await.until("the next good one", () -> serialOf(server.port()).equals(expected));
      assertThat(log.lines(Level.WARN, "the TLS files: "))
          .filteredOn(line -> !line.contains(": reading it takes longer than ")) // Busy machine.
          .hasSize(2);
    }
  }

  private static void awaitWarning(LogCapture log, String text) throws Exception {
    Await.until(text, () -> !log.lines(Level.WARN, text).isEmpty());
  }

  private Map<String, String> tlsKeys(boolean mutual) {
    Map<String, String> keys = new HashMap<>();
    keys.put("wxnotify.grpc.tls.certificate", mount.resolve("tls.crt").toString());
    keys.put("wxnotify.grpc.tls.private-key", mount.resolve("tls.key").toString());
    if (mutual) {
      keys.put("wxnotify.grpc.tls.client-ca", mount.resolve("ca.crt").toString());
    }
    return keys;
  }

  private int version;

  private void turnTo(TestCa.Identity identity) throws IOException {
    turnTo(identity, ca.pem());
  }

  /** As Kubernetes does: a new directory, and one link that is turned to it. */
  private void turnTo(TestCa.Identity identity, String clientCa) throws IOException {
    version++;
    Path files = Files.createDirectory(mount.resolve("..v" + version));
    identity.writeTo(files, "tls");
    Files.writeString(files.resolve("ca.crt"), clientCa);
    Path turned = Files.createSymbolicLink(mount.resolve("..tmp"), files.getFileName());
    Files.move(
        turned,
        mount.resolve("..data"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    if (version == 1) {
      for (String name : List.of("tls.crt", "tls.key", "ca.crt")) {
        Files.createSymbolicLink(mount.resolve(name), Path.of("..data", name));
      }
    }
  }

  private boolean isLetIn(int port, TestCa.Identity identity) throws Exception {
    ManagedChannel channel = AccessTest.channel(port, identity, ca.pem());
    try {
      return NotificationServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .sendSubscribeMessage(RunningServer.requestTo("user"))
          .isInitialized();
    } catch (StatusRuntimeException e) {
      return false;
    } finally {
      channel.shutdownNow();
    }
  }

  /** Makes a connection of its own and returns the serial number of the certificate it is shown. */
  private BigInteger serialOf(int port) throws Exception {
    return serialOf(port, ca);
  }

  private static BigInteger serialOf(int port, TestCa ca) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "ca",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(ca.pem().getBytes(StandardCharsets.US_ASCII))));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
      var parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
    }
  }

  /**
   * Calls without end: some on one connection, and one after the other on connections of its own.
   */
  private static final class Load implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong calls = new AtomicLong();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Callable<ManagedChannel> connect;

    Load(Callable<ManagedChannel> connect) {
      this.connect = connect;
      start(false);
      start(true);
    }

    private void start(boolean onNewConnections) {
      Thread thread = new Thread(() -> run(onNewConnections), "load");
      threads.add(thread);
      thread.start();
    }

    private void run(boolean onNewConnections) {
      try {
        ManagedChannel channel = connect.call();
        while (!over.get()) {
          call(channel);
          if (onNewConnections) {
            channel.shutdownNow();
            channel = connect.call();
          }
        }
        channel.shutdownNow();
      } catch (Exception e) {
        failures.add(e.toString());
      }
    }

    private void call(ManagedChannel channel) {
      try {
        NotificationServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .sendSubscribeMessage(RunningServer.requestTo("user-" + calls.get()));
        calls.incrementAndGet();
      } catch (StatusRuntimeException e) {
        failures.add(e.toString());
      }
    }

    void awaitMore(int count) throws Exception {
      long goal = calls.get() + count;
      Await.until("calls go on", () -> calls.get() >= goal || !failures.isEmpty());
    }

    List<String> failures() {
      return List.copyOf(failures);
    }

    @Override
    public void close() {
      over.set(true);
      try {
        for (Thread thread : threads) {
          thread.join();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
