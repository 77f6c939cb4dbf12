package dev.wxnotify.server.config;

import dev.wxnotify.server.config.ServerSettings.AppSettings;
import dev.wxnotify.server.logging.Logs;
import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.redis.RedisLink;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads all keys, and checks those that depend on each other. */
final class SettingsReader {
  private final Reading reading;

  SettingsReader(Reading reading) {
    this.reading = reading;
  }

  ServerSettings read() {
    RedisReader redisReader = new RedisReader(reading);
    RedisLink.Settings redis = redisReader.read();
    AppReader appReader = new AppReader(reading, redisReader, redis);
    List<AppSettings> apps = appReader.read();
    TlsReader.TlsSettings tls = new TlsReader(reading).read();
    WeChatReader weChat = new WeChatReader(reading);
    return new ServerSettings(
        new GrpcReader(reading, appReader.appIds()).read(tls == null ? null : tls.tls()),
        tls == null ? null : tls.files(),
        new InetSocketAddress(
            reading.get(ProcessKeys.MONITORING_HOST), reading.get(ProcessKeys.MONITORING_PORT)),
        reading.get(GrpcKeys.MAX_IN_FLIGHT),
        weChat.read(),
        weChat.proxyPasswordFile(),
        reading.get(WeChatKeys.TOKEN_ENDPOINT),
        reading.get(WeChatKeys.TOKEN_CALLS_PER_HOUR),
        apps,
        PushReader.read(reading),
        reading.get(TemplateKeys.CHECK),
        reading.get(RedisKeys.LEDGER_ENTRIES),
        redis,
        new JournalReader(reading).read(),
        transport(),
        reading.get(ProcessKeys.WARM_UP),
        reading.get(ProcessKeys.GRACE),
        new Logs.Settings(reading.get(ProcessKeys.LOG_FORMAT), reading.get(ProcessKeys.LOG_LEVEL)),
        new ConsoleSettings(
            reading.get(ProcessKeys.CONSOLE),
            Set.copyOf(reading.find(ProcessKeys.ALLOWED_HOSTS).orElse(List.of()))));
  }

  /** Returns null for the first transport that works here. */
  private @Nullable Transport transport() {
    Transport transport = reading.get(ProcessKeys.TRANSPORT).orElse(null);
    if (transport != null) {
      String why = transport.whyNot();
      if (why != null) {
        reading.mistake(
            ProcessKeys.TRANSPORT, transport.label() + " is not available here: " + why);
      }
    }
    return transport;
  }
}
