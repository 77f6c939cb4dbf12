package dev.wxnotify.server;

import dev.wxnotify.server.delivery.SeckillTemplate;
import dev.wxnotify.server.redis.RedisLink;
import dev.wxnotify.server.wechat.AppSecret;
import dev.wxnotify.server.wechat.WeChatHttpClient;
import dev.wxnotify.server.wechat.WeChatTokenIssuer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration, checked and in the terms of the parts that it configures.
 *
 * @param redis null for a server that shares nothing
 * @param apps at least one; at most one of them is the default, which a single one is in any case
 */
record ServerSettings(
    InetSocketAddress grpcAddress,
    InetSocketAddress monitoringAddress,
    int maxInFlight,
    boolean reflection,
    WeChatHttpClient.Settings weChat,
    WeChatTokenIssuer.Endpoint tokenEndpoint,
    int tokenCallsPerHour,
    List<AppSettings> apps,
    long ledgerEntries,
    RedisLink.@Nullable Settings redis,
    Duration grace,
    Logs.Settings log) {

  /** One Mini Program. */
  record AppSettings(String appId, AppSecret secret, boolean isDefault, SeckillTemplate seckill) {}
}
