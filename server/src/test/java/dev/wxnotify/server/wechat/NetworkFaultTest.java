package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkFaultTest {
  private static final String PEER = "api.test:443";

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(
            new ConnectException("finishConnect(..) failed: Connection refused: /1.2.3.4:443"),
            "api.test:443 refused the connection"),
        Arguments.of(
            new ConnectException("Connection refused: getsockopt"),
            "api.test:443 refused the connection"),
        Arguments.of(
            new ConnectException("Network is unreachable"), "no connection to api.test:443"),
        Arguments.of(new NoRouteToHostException("x"), "there is no route to api.test:443"),
        Arguments.of(
            new ConnectTimeoutException("x"), "api.test:443 did not accept the connection in time"),
        Arguments.of(
            new UnknownHostException("Failed to resolve 'api.test' [A(1)]"),
            "the host name of api.test:443 is unknown"),
        Arguments.of(
            tls(new CertificateException("x", new CertPathBuilderException("no path"))),
            "the certificate of api.test:443 is signed by an issuer that is not trusted"),
        Arguments.of(
            tls(
                new CertificateException(
                    "x",
                    new CertPathValidatorException(
                        "validity check failed", new CertificateExpiredException("NotAfter")))),
            "the certificate of api.test:443 has expired"),
        Arguments.of(
            tls(
                new CertificateException(
                    "x",
                    new CertPathValidatorException(
                        "validity check failed", new CertificateNotYetValidException("x")))),
            "the certificate of api.test:443 is not valid yet"),
        Arguments.of(
            tls(new CertificateException("x", new CertPathValidatorException("revoked"))),
            "the certificate of api.test:443 is not valid: revoked"),
        Arguments.of(
            tls(new CertificateException("No name matching api.test found")),
            "the certificate of api.test:443 is not for this host name: "
                + "No name matching api.test found"),
        Arguments.of(new NotSslRecordException("48545450"), "api.test:443 does not speak TLS"),
        Arguments.of(
            new SSLHandshakeException("handshake_failure"),
            "TLS with api.test:443 failed: handshake_failure"),
        Arguments.of(new ClosedChannelException(), "the connection was lost"),
        Arguments.of(new SocketException("Connection reset"), "the connection was lost"),
        Arguments.of(
            new IllegalStateException("?access_token=98_token"),
            "the connection failed (IllegalStateException)"),
        Arguments.of(new RejectedExecutionException("x"), "the server is stopping"));
  }

  private static Throwable tls(Throwable cause) {
    return new SSLHandshakeException("General OpenSslEngine problem").initCause(cause);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void explain_eachKind_isItsInnermostCause(Throwable fault, String text) {
    assertThat(NetworkFault.explain(fault, PEER)).isEqualTo(text);
  }

  @Test
  void explain_proxy_namesItAndItsStatus() {
    String peer = "the proxy egress:3128";

    assertThat(
            NetworkFault.explain(
                new ProxyConnectException("http, none, /1.2.3.4 => a:443, status: 407 No"), peer))
        .isEqualTo("the proxy egress:3128 answered HTTP 407");
    assertThat(NetworkFault.explain(new ProxyConnectException("http, a => b, disconnected"), peer))
        .isEqualTo("the proxy egress:3128 closed the connection");
  }

  @Test
  void explain_causesThatGoRound_endsAllTheSame() {
    IOException outer = new IOException("outer");
    IOException inner = new IOException("inner", outer);
    outer.initCause(inner);

    assertThat(NetworkFault.explain(outer, PEER)).isEqualTo("the connection was lost");
  }

  @Test
  void explain_sslWithoutText_saysSo() {
    assertThat(NetworkFault.explain(new SSLException("closed"), PEER))
        .isEqualTo("TLS with api.test:443 failed: closed");
  }
}
