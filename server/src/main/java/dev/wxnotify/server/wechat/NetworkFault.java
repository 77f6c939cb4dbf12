package dev.wxnotify.server.wechat;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Says in one sentence why the network failed: the innermost cause, in the same words on every
 * transport. Texts of exceptions are not passed on, but for those that can hold nothing of a
 * request: the others might hold its address, and with it the token.
 */
final class NetworkFault {
  /** {@code HttpProxyHandler} keeps the status of the answer in its text only. */
  private static final Pattern PROXY_STATUS = Pattern.compile("status: (\\d{3})");

  /** A chain of causes that is longer than this goes round in a circle. */
  private static final int MAX_CAUSES = 20;

  private NetworkFault() {}

  /** Explains why a connection to {@code peer} could not be opened. */
  static String explain(Throwable fault, String peer) {
    ProxyConnectException refused = cause(fault, ProxyConnectException.class);
    if (refused != null) {
      return peer + " " + explainProxy(refused);
    }
    if (cause(fault, UnknownHostException.class) != null) {
      return cause(fault, DnsNameResolverTimeoutException.class) == null
          ? "the host name of " + peer + " is unknown"
          : "no name server answered for the host name of " + peer;
    }
    if (cause(fault, ConnectTimeoutException.class) != null) {
      return peer + " did not accept the connection in time";
    }
    if (cause(fault, NoRouteToHostException.class) != null) {
      return "there is no route to " + peer;
    }
    ConnectException noConnection = cause(fault, ConnectException.class);
    if (noConnection != null) {
      return isRefusal(noConnection)
          ? peer + " refused the connection"
          : "no connection to " + peer;
    }
    if (cause(fault, CertificateException.class) != null
        || cause(fault, CertPathValidatorException.class) != null) {
      return "the certificate of " + peer + " " + explainCertificate(fault);
    }
    if (cause(fault, NotSslRecordException.class) != null) {
      return peer + " does not speak TLS";
    }
    SSLException tls = cause(fault, SSLException.class);
    if (tls != null) {
      return "TLS with " + peer + " failed: " + tls.getMessage();
    }
    return explain(fault);
  }

  /** Explains why a connection that was open broke. */
  static String explain(Throwable fault) {
    if (fault instanceof RejectedExecutionException) {
      return "the server is stopping";
    }
    if (fault instanceof IOException) {
      return "the connection was lost"; // Its class depends on the transport, and says no more.
    }
    return "the connection failed (" + fault.getClass().getSimpleName() + ")";
  }

  private static String explainProxy(ProxyConnectException refused) {
    String text = refused.getMessage() == null ? "" : refused.getMessage();
    Matcher status = PROXY_STATUS.matcher(text);
    if (status.find()) {
      return "answered HTTP " + status.group(1);
    }
    return text.endsWith("timeout") ? "did not answer in time" : "closed the connection";
  }

  private static boolean isRefusal(ConnectException fault) {
    return fault.getMessage() != null && fault.getMessage().contains("refused");
  }

  private static String explainCertificate(Throwable fault) {
    if (cause(fault, CertificateExpiredException.class) != null) {
      return "has expired";
    }
    if (cause(fault, CertificateNotYetValidException.class) != null) {
      return "is not valid yet";
    }
    if (cause(fault, CertPathBuilderException.class) != null) {
      return "is signed by an issuer that is not trusted";
    }
    CertPathValidatorException invalid = cause(fault, CertPathValidatorException.class);
    if (invalid != null) {
      return "is not valid: " + invalid.getMessage();
    }
    return "is not for this host name: " + innermost(fault, CertificateException.class);
  }

  private static @Nullable String innermost(Throwable fault, Class<? extends Throwable> type) {
    String text = null;
    Throwable each = fault;
    for (int i = 0; each != null && i < MAX_CAUSES; i++) {
      if (type.isInstance(each)) {
        text = each.getMessage();
      }
      each = each.getCause();
    }
    return text;
  }

  /** Returns the first of the causes that is a {@code type}; null if there is none. */
  private static <T extends Throwable> @Nullable T cause(Throwable fault, Class<T> type) {
    Throwable each = fault;
    for (int i = 0; each != null && i < MAX_CAUSES; i++) {
      if (type.isInstance(each)) {
        return type.cast(each);
      }
      each = each.getCause();
    }
    return null;
  }
}
