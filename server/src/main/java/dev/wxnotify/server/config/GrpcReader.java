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
        new ConnectionSettings(
            reading.get(GrpcKeys.MAX_CONNECTIONS),
            reading.get(GrpcKeys.MAX_CONNECTION_AGE),
            reading.get(GrpcKeys.MAX_CONNECTION_AGE_GRACE)));
  }

  private InetAddress host() {
    InetAddress host = reading.get(GrpcKeys.HOST);
    boolean asksForCredentials =
        !reading.each(CallerKeys.ALL).isEmpty() || reading.has(TlsKeys.CLIENT_CA);
    if (!host.isLoopbackAddress()
        && !asksForCredentials
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
