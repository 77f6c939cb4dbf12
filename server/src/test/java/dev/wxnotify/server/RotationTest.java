package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.LogCapture;
import dev.wxnotify.server.testing.TestCa;
import dev.wxnotify.v1.NotificationServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
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
        Load load = new Load(server.port(), null)) {
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
      try (Load load = new Load(server.port(), ca.issue("loaded"))) {
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
      awaitWarning(log, "is not the key of the certificate");
      assertThat(serialOf(server.port())).isEqualTo(first);
      turnTo(new TestCa.Identity("not a certificate", "not a key"));
      awaitWarning(log, "holds no certificate in PEM");
      assertThat(serialOf(server.port())).isEqualTo(first);

      turnTo(other);
      BigInteger expected = TestCa.read(other.certificate()).getSerialNumber();
      Await.until("the next good one", () -> serialOf(server.port()).equals(expected));
      assertThat(log.lines(Level.WARN, "the TLS files: ")).hasSize(2);
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
  private final class Load implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong calls = new AtomicLong();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final int port;
    private final TestCa.@Nullable Identity identity;

    Load(int port, TestCa.@Nullable Identity identity) {
      this.port = port;
      this.identity = identity;
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
        ManagedChannel channel = AccessTest.channel(port, identity, ca.pem());
        while (!over.get()) {
          call(channel);
          if (onNewConnections) {
            channel.shutdownNow();
            channel = AccessTest.channel(port, identity, ca.pem());
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
