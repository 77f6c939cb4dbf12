package dev.wxnotify.server.wechat;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.testing.TestCa;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A TLS 1.2 server that answers one request per connection, and records which host each client
 * named and whether it resumed a session.
 */
final class TlsUpstream implements AutoCloseable {
  private final SSLServerSocket socket;
  private final byte[] answer;

  @GuardedBy("this")
  private final Set<Long> sessions = new HashSet<>();

  @GuardedBy("this")
  private final List<String> names = new ArrayList<>();

  @GuardedBy("this")
  private final List<Boolean> resumed = new ArrayList<>();

  TlsUpstream(TestCa.Identity identity, String body) throws Exception {
    JdkSslContext context =
        (JdkSslContext)
            SslContextBuilder.forServer(
                    new ByteArrayInputStream(identity.certificate().getBytes(US_ASCII)),
                    new ByteArrayInputStream(identity.privateKey().getBytes(US_ASCII)))
                .sslProvider(SslProvider.JDK)
                .build();
    this.socket =
        (SSLServerSocket)
            context
                .context()
                .getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    // In TLS 1.3 a session can be resumed only after the data behind the first answer was read.
    socket.setEnabledProtocols(new String[] {"TLSv1.2"});
    this.answer =
        ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body)
            .getBytes(UTF_8);
    Thread thread = new Thread(this::serve, "tls-upstream");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return socket.getLocalPort();
  }

  /** Returns the host that each client named, in order. */
  synchronized List<String> names() {
    return List.copyOf(names);
  }

  /** Returns whether each client resumed a session, in order. */
  synchronized List<Boolean> resumed() {
    return List.copyOf(resumed);
  }

  private void serve() {
    while (true) {
      try (SSLSocket accepted = (SSLSocket) socket.accept()) {
        accepted.startHandshake();
        note((ExtendedSSLSession) accepted.getSession());
        readHead(accepted.getInputStream());
        accepted.getOutputStream().write(answer);
        accepted.getOutputStream().flush();
      } catch (IOException e) {
        if (socket.isClosed()) {
          return;
        }
      }
    }
  }

  private synchronized void note(ExtendedSSLSession session) {
    names.addAll(
        session.getRequestedServerNames().stream()
            .map(SNIServerName::getEncoded)
            .map(name -> new String(name, US_ASCII))
            .toList());
    resumed.add(!sessions.add(session.getCreationTime()));
  }

  private static void readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(US_ASCII).contains("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the request has no end");
      }
      head.write(next);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
