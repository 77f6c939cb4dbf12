package dev.wxnotify.server.config;

import dev.wxnotify.server.grpc.ConnectionSettings;
import dev.wxnotify.server.grpc.GrpcServer;
import dev.wxnotify.server.grpc.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads where the gRPC port is, who may call, and what calls may cost. */
final class GrpcReader {
  private final Reading reading;
  private final Map<String, String> appIds;

  /**
   * Creates a reader.
   *
   * @param appIds the AppID of each app, by the operator's name of it
   */
  GrpcReader(Reading reading, Map<String, String> appIds) {
    this.reading = reading;
    this.appIds = appIds;
  }

  /**
   * Reads.
   *
   * @param tls null for plaintext
   */
  GrpcServer.Settings read(@Nullable Tls tls) {
    return new GrpcServer.Settings(
        new InetSocketAddress(host(), reading.get(GrpcKeys.PORT)),
        reading.get(GrpcKeys.REFLECTION),
        tls,
        new CallerReader(reading, appIds).read(),
        reading.get(GrpcKeys.ALLOW_ANONYMOUS),
        allowAnonymousTokens(),
        new ConnectionSettings(
            reading.get(GrpcKeys.MAX_CONNECTIONS),
            reading.get(GrpcKeys.MAX_CONNECTION_AGE),
            reading.get(GrpcKeys.MAX_CONNECTION_AGE_GRACE)));
  }

  private boolean asksForCredentials() {
    return !reading.each(CallerKeys.ALL).isEmpty() || reading.has(TlsKeys.CLIENT_CA);
  }

  private boolean allowAnonymousTokens() {
    boolean allow = reading.get(GrpcKeys.ALLOW_ANONYMOUS_TOKENS);
    if (allow && asksForCredentials()) {
      reading.mistake(
          GrpcKeys.ALLOW_ANONYMOUS_TOKENS,
          "is for a server that asks for no credentials; give "
              + CallerKeys.TOKENS.name()
              + "=true to those that may have tokens");
    } else if (allow && !reading.get(GrpcKeys.HOST).isLoopbackAddress()) {
      reading.mistake(
          GrpcKeys.ALLOW_ANONYMOUS_TOKENS,
          "is for a loopback address only: anybody who reaches the port would get the tokens");
    }
    return allow;
  }

  private InetAddress host() {
    InetAddress host = reading.get(GrpcKeys.HOST);
    if (!host.isLoopbackAddress()
        && !asksForCredentials()
        && !reading.get(GrpcKeys.ALLOW_ANONYMOUS)) {
      reading.mistake(
          GrpcKeys.HOST,
          "is not a loopback address, and nothing says who may call; name them in "
              + CallerKeys.ALL
              + ", or ask for certificates with "
              + TlsKeys.CLIENT_CA.name()
              + ", or set "
              + GrpcKeys.ALLOW_ANONYMOUS.name()
              + "=true to let anybody who reaches the port send");
    }
    return host;
  }
}
