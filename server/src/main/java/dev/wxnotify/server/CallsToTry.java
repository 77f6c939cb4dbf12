package dev.wxnotify.server;

import dev.wxnotify.server.config.ServerSettings;
import dev.wxnotify.server.grpc.CallerSettings;
import dev.wxnotify.server.grpc.GrpcServer;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls that {@code serve --sandbox} prints: for a shell, so that they work with the current
 * configuration. Data that only callers have (a token, a certificate) come from shell variables,
 * which are named first.
 */
final class CallsToTry {
  private static final String MESSAGE =
      "{\"message\": {\"open_id\": \"%s\", \"goods_name\": \"Coffee\","
          + " \"time\": \"2026-11-24 20:00\", \"corp_id\": \"1\", \"customer_id\": \"2\"}}";

  private final GrpcServer.Settings grpc;
  private final String grpcAddress;
  private final String monitoringAddress;

  /**
   * Creates the calls.
   *
   * @param grpcPort the bound port
   * @param monitoringPort the bound port
   */
  CallsToTry(ServerSettings settings, int grpcPort, int monitoringPort) {
    this.grpc = settings.grpc();
    this.grpcAddress = address(settings.grpc().address(), grpcPort);
    this.monitoringAddress = address(settings.monitoringAddress(), monitoringPort);
  }

  /** Returns the lines, each with its line break. */
  String text() {
    StringBuilder text = new StringBuilder("Try").append(needs()).append(":\n\n");
    if (grpc.reflection()) {
      text.append("  ").append(grpcurl()).append(' ').append(grpcAddress).append(" list\n");
    }
    text.append(send("some-user")).append(send("sandbox-43101"));
    for (String page : new String[] {"readyz", "metrics"}) {
      text.append("  curl http://").append(monitoringAddress).append('/').append(page).append('\n');
    }
    return text.toString();
  }

  /** Returns how a command of grpcurl begins, with all that this server asks for. */
  String command() {
    return grpcurl() + contract();
  }

  /** Returns where a browser finds the console. */
  String consoleUrl() {
    return "http://" + monitoringAddress + "/";
  }

  /** Returns where the server listens for gRPC. */
  String grpcAddress() {
    return grpcAddress;
  }

  private String send(String openId) {
    return "  %s -d '%s' \\\n      %s wxnotify.v1.NotificationService/SendSeckillMessage\n"
        .formatted(command(), MESSAGE.formatted(openId), grpcAddress);
  }

  /** Returns what the shell variables must contain. */
  private String needs() {
    boolean byCertificate = !grpc.callers().isEmpty() && !asksForToken();
    List<String> needs = new ArrayList<>();
    if (asksForCertificate()) {
      needs.add(
          (byCertificate ? "a caller's certificate" : "a certificate that client-ca signed")
              + " in the file $cert and its key in $key");
    }
    if (asksForToken()) {
      needs.add("a caller's token in $token");
    }
    return needs.isEmpty() ? "" : " (with " + String.join(", and ", needs) + ")";
  }

  private String grpcurl() {
    StringBuilder command = new StringBuilder("grpcurl");
    if (grpc.tls() == null) {
      command.append(" -plaintext");
    } else {
      // The configuration does not contain the CA and the host name of the certificate.
      command.append(" -insecure");
    }
    if (asksForCertificate()) {
      command.append(" -cert \"$cert\" -key \"$key\"");
    }
    if (asksForToken()) {
      command.append(" -H \"authorization: Bearer $token\"");
    }
    return command.toString();
  }

  /** Without reflection grpcurl reads the contract from files. */
  private String contract() {
    return grpc.reflection()
        ? ""
        : " -import-path proto -proto wxnotify/v1/notification_service.proto";
  }

  private boolean asksForCertificate() {
    return grpc.tls() != null && grpc.tls().asksForCertificates();
  }

  /**
   * A certificate is sufficient for callers that are identified by it, and for all clients where no
   * caller is configured.
   */
  private boolean asksForToken() {
    return !grpc.callers().isEmpty()
        && grpc.callers().stream()
            .map(CallerSettings::certificateNames)
            .allMatch(names -> names.isEmpty());
  }

  private static String address(InetSocketAddress bound, int port) {
    InetAddress address = bound.getAddress();
    if (address.isAnyLocalAddress()) {
      return "127.0.0.1:" + port;
    }
    String host = address.getHostAddress();
    return (address instanceof Inet6Address ? "[" + host + "]" : host) + ":" + port;
  }
}
