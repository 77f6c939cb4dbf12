package dev.wxnotify.server.config;

import dev.wxnotify.server.grpc.GrpcServer;
import dev.wxnotify.server.logging.Logs;
import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.push.PushServer;
import dev.wxnotify.server.redis.RedisLink;
import dev.wxnotify.server.wechat.WeChatHttpClient;
import dev.wxnotify.server.wechat.WeChatTokenIssuer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration, checked and converted to the types of the parts that it configures.
 *
 * @param tlsFiles the files behind {@link GrpcServer.Settings#tls}; null for plaintext
 * @param proxyPasswordFile the file of the proxy's password; null for none
 * @param redis null for a server that shares nothing
 * @param journal where messages and events are kept
 * @param transport how sockets are read and written; null for the first that works here
 * @param warmUp how long a start may warm up; zero for no warm-up
 * @param apps at least one; at most one of them is the default, and a single one always is
 * @param push where WeChat's pushes arrive
 * @param checksTemplates whether messages are checked by their templates
 * @param console the console on the monitoring port
 */
public record ServerSettings(
    GrpcServer.Settings grpc,
    @Nullable TlsFiles tlsFiles,
    InetSocketAddress monitoringAddress,
    int maxInFlight,
    WeChatHttpClient.Settings weChat,
    @Nullable Path proxyPasswordFile,
    WeChatTokenIssuer.Endpoint tokenEndpoint,
    int tokenCallsPerHour,
    List<AppSettings> apps,
    PushServer.Settings push,
    boolean checksTemplates,
    long ledgerEntries,
    RedisLink.@Nullable Settings redis,
    JournalSettings journal,
    @Nullable Transport transport,
    Duration warmUp,
    Duration grace,
    Logs.Settings log,
    ConsoleSettings console) {

  /**
   * One Mini Program.
   *
   * @param token where its access token comes from
   * @param baseUrl where its calls go; null for where those of most apps go
   * @param push which of its pushes are accepted; null for none
   */
  public record AppSettings(
      String appId,
      TokenSettings token,
      @Nullable URI baseUrl,
      boolean isDefault,
      SeckillTemplate seckill,
      @Nullable PushAppSettings push) {

    /**
     * Returns this app as it is configured in {@code other}, as far as that may change while its
     * token is used. If that is {@code other}, the token cache can stay.
     */
    public AppSettings changedTo(AppSettings other) {
      return new AppSettings(
          appId,
          token.withSecretOf(other.token),
          baseUrl,
          other.isDefault,
          other.seckill,
          other.push);
    }

    /**
     * Returns this app with the secrets of {@code known} where both name the same files: a change
     * of a file itself is followed by the watch on it.
     */
    public AppSettings withSecretOf(AppSettings known) {
      Path file = token.secretFile();
      boolean isSameFile =
          file != null
              && token.source() == known.token.source()
              && file.equals(known.token.secretFile());
      return new AppSettings(
          appId,
          isSameFile ? token.withSecretOf(known.token) : token,
          baseUrl,
          isDefault,
          seckill,
          push == null ? null : push.withSecretsOf(known.push));
    }
  }

  /**
   * The TLS files.
   *
   * @param clientCa null for a server that requires no client certificates
   */
  public record TlsFiles(Path certificate, Path privateKey, @Nullable Path clientCa) {

    /** Returns the files in the order in which {@link GrpcServer} takes their content. */
    public List<Path> all() {
      return clientCa == null
          ? List.of(certificate, privateKey)
          : List.of(certificate, privateKey, clientCa);
    }
  }
}
