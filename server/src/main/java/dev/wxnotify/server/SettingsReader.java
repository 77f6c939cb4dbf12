package dev.wxnotify.server;

import dev.wxnotify.server.ServerSettings.AppSettings;
import dev.wxnotify.server.ServerSettings.TlsFiles;
import dev.wxnotify.server.grpc.GrpcServer;
import dev.wxnotify.server.redis.RedisLink;
import dev.wxnotify.server.wechat.WeChatHttpClient;
import dev.wxnotify.server.wechat.WeChatTokenIssuer;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Checks the configuration and turns it into settings. It collects mistakes instead of stopping at
 * the first.
 */
final class SettingsReader {
  private SettingsReader() {}

  static ServerSettings read(ServerConfig config) throws ConfigurationException {
    Mistakes mistakes = new Mistakes();
    ServerSettings settings = settings(config, mistakes);
    if (settings == null || !mistakes.all().isEmpty()) {
      throw new ConfigurationException(mistakes.all());
    }
    return settings;
  }

  private static @Nullable ServerSettings settings(ServerConfig config, Mistakes mistakes) {
    GrpcSettingsReader grpcReader =
        new GrpcSettingsReader(config.grpc(), AppSettingsReader.appIds(config.apps()), mistakes);
    TlsFiles tlsFiles = grpcReader.tlsFiles();
    GrpcServer.Settings grpc =
        grpcReader.settings(tlsFiles == null ? null : grpcReader.tls(tlsFiles));
    InetSocketAddress monitoringAddress =
        mistakes.address(
            "wxnotify.monitoring", config.monitoring().host(), config.monitoring().port());
    WeChatSettingsReader weChatReader = new WeChatSettingsReader(mistakes);
    WeChatHttpClient.Settings weChat = weChatReader.settings(config.weChat());
    WeChatTokenIssuer.Endpoint endpoint = weChatReader.endpoint(config.weChat().tokenEndpoint());
    mistakes.atLeast("wxnotify.grpc.max-in-flight", config.grpc().maxInFlight(), 2);
    mistakes.atLeast(
        "wxnotify.wechat.token-calls-per-hour", config.weChat().tokenCallsPerHour(), 1);
    mistakes.atLeast("wxnotify.ledger.max-entries", config.ledger().maxEntries(), 1);
    mistakes.positive("wxnotify.shutdown.grace", config.shutdown().grace());
    List<AppSettings> apps = new AppSettingsReader(mistakes).read(config.apps());
    RedisLink.Settings redis = new RedisSettingsReader(mistakes).settings(config.redis());
    EventLoops.Transport transport = transport(config.io().transport(), mistakes);
    Logs.Settings log = log(config.log(), mistakes);
    if (grpc == null || monitoringAddress == null || weChat == null) {
      return null;
    }
    return new ServerSettings(
        grpc,
        tlsFiles,
        monitoringAddress,
        config.grpc().maxInFlight(),
        weChat,
        endpoint,
        config.weChat().tokenCallsPerHour(),
        apps,
        config.ledger().maxEntries(),
        redis,
        transport,
        config.shutdown().grace(),
        log);
  }

  private static EventLoops.Transport transport(String name, Mistakes mistakes) {
    String key = "wxnotify.io.transport";
    EventLoops.Transport transport = mistakes.oneOf(key, name, EventLoops.Transport.AUTO);
    String why = transport.whyNot();
    if (why != null) {
      mistakes.add(key, transport + " is not available here: " + why);
    }
    return transport;
  }

  private static Logs.Settings log(ServerConfig.Log log, Mistakes mistakes) {
    return new Logs.Settings(
        mistakes.oneOf("wxnotify.log.format", log.format(), Logs.Format.PLAIN),
        mistakes.oneOf("wxnotify.log.level", log.level(), Level.INFO));
  }
}
