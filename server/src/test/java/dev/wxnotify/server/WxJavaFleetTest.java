package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import cn.binarywang.wx.miniapp.api.WxMaService;
import cn.binarywang.wx.miniapp.api.impl.WxMaServiceImpl;
import cn.binarywang.wx.miniapp.config.impl.WxMaRedisBetterConfigImpl;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.wxnotify.sandbox.RevokeMode;
import dev.wxnotify.sandbox.Sandbox;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxState.TokenFetches;
import dev.wxnotify.sandbox.TokenKind;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RedisServerExtension;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.OperationsServiceGrpc;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import me.chanjar.weixin.common.redis.WxRedisOps;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three replicas beside a real WxJava, which obtains the token and keeps it in Redis. */
@Timeout(60)
class WxJavaFleetTest {
  private static final int REPLICAS = 3;

  @RegisterExtension static final RedisServerExtension REDIS = RedisServerExtension.with();

  /** What WxJava asks of Redis, as its own classes for the clients of Redis do it. */
  private static final class RedisOps implements WxRedisOps {
    private final Map<String, Lock> locks = new ConcurrentHashMap<>();

    @Override
    public @Nullable String getValue(String key) {
      return (String) command("GET", key);
    }

    @Override
    public void setValue(String key, String value, int expire, TimeUnit unit) {
      if (expire <= 0) {
        command("SET", key, value);
      } else {
        command("PSETEX", key, Long.toString(unit.toMillis(expire)), value);
      }
    }

    @Override
    public Long getExpire(String key) {
      return (Long) Objects.requireNonNull(command("TTL", key));
    }

    @Override
    public void expire(String key, int expire, TimeUnit unit) {
      command("PEXPIRE", key, Long.toString(unit.toMillis(expire)));
    }

    @Override
    public Lock getLock(String key) {
      return locks.computeIfAbsent(key, any -> new ReentrantLock());
    }

    @CanIgnoreReturnValue
    private static @Nullable Object command(String... words) {
      try {
        return REDIS.command(words);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** WxJava as a company has it: the prefix is the default of its starter. */
  private static WxMaService wxJava(Sandbox weChat) {
    WxMaRedisBetterConfigImpl config = new WxMaRedisBetterConfigImpl(new RedisOps(), "wa");
    config.setAppid(SandboxOptions.APP_ID);
    config.setSecret(SandboxOptions.APP_SECRET);
    config.setApiHostUrl(weChat.baseUrl().toString());
    WxMaService service = new WxMaServiceImpl();
    service.setWxMaConfig(config);
    return service;
  }

  private static List<RunningServer> fleet(Sandbox weChat) throws Exception {
    List<RunningServer> fleet = new ArrayList<>();
    for (int i = 0; i < REPLICAS; i++) {
      fleet.add(
          RunningServer.start(
              SandboxOptions.defaults(),
              Map.of(
                  "wxnotify.wechat.base-url", weChat.baseUrl().toString(),
                  "wxnotify.apps.shop.token.source", "redis",
                  "wxnotify.apps.shop.token.redis-key", "wa:access_token:{appid}",
                  "wxnotify.redis.url", REDIS.url(),
                  "wxnotify.redis.command-timeout", "5s")));
    }
    return fleet;
  }

  private static void sendEverywhere(List<RunningServer> fleet, String prefix, int each)
      throws Exception {
    List<Future<SendSubscribeMessageResponse>> sent = new ArrayList<>();
    for (RunningServer replica : fleet) {
      for (int i = 0; i < each; i++) {
        sent.add(
            replica.future().sendSubscribeMessage(RunningServer.requestTo(prefix + sent.size())));
      }
    }
    for (Future<SendSubscribeMessageResponse> one : sent) {
      assertThat(one.get(30, TimeUnit.SECONDS).getMessageId()).isNotEmpty();
    }
  }

  private static List<String> fingerprints(List<RunningServer> fleet) {
    return fleet.stream()
        .map(
            replica ->
                OperationsServiceGrpc.newBlockingStub(replica.channel())
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .getTokenStatus(GetTokenStatusRequest.getDefaultInstance())
                    .getTokens(0)
                    .getFingerprint())
        .distinct()
        .toList();
  }

  @Test
  void wxJavaRenewsTheToken_andTheFleetFollows() throws Exception {
    try (Sandbox weChat = Sandbox.start()) {
      WxMaService wxJava = wxJava(weChat);
      String first = wxJava.getAccessToken();
      assertThat(REDIS.get("wa:access_token:" + SandboxOptions.APP_ID)).isEqualTo(first);
      List<RunningServer> fleet = fleet(weChat);
      try {
        sendEverywhere(fleet, "first-", 20);
        List<String> before = fingerprints(fleet);
        assertThat(before).as("all have WxJava's token").hasSize(1);

        // Another system fetches one, as WeChat's classic endpoint lets anybody: ours is dead.
        weChat.revokeToken(SandboxOptions.APP_ID, TokenKind.CLASSIC, RevokeMode.DEAD);
        String second = wxJava.getAccessToken(true);
        assertThat(second).isNotEqualTo(first);
        sendEverywhere(fleet, "second-", 20);

        assertThat(fingerprints(fleet)).hasSize(1).isNotEqualTo(before);
        assertThat(wxJava.getAccessToken()).as("WxJava has its own still").isEqualTo(second);
        assertThat(weChat.state().sendsAccepted()).isEqualTo(2 * REPLICAS * 20);
        assertThat(weChat.state().tokenFetches(SandboxOptions.APP_ID))
            .as("WxJava alone asked WeChat")
            .isEqualTo(new TokenFetches(2, 0, 0));
        assertThat(REDIS.keys())
            .filteredOn(key -> key.contains("token"))
            .as("and the fleet keeps none of its own")
            .containsExactly("wa:access_token:" + SandboxOptions.APP_ID);
        assertThat(REDIS.calls("get"))
            .as("each replica reads at its start and after the refusals, not for each message")
            .isLessThanOrEqualTo(60);
      } finally {
        fleet.forEach(RunningServer::close);
      }
    }
  }

  /** Then the replicas wait for it as the callers of WxJava do. */
  @Test
  void wxJavaIsLate_andTheFleetFindsItsToken() throws Exception {
    try (Sandbox weChat = Sandbox.start()) {
      List<RunningServer> fleet = fleet(weChat);
      try {
        assertThat(fingerprints(fleet)).containsExactly("");
        String token = wxJava(weChat).getAccessToken();
        assertThat(token).isNotEmpty();

        Await.until("all have found it", () -> !fingerprints(fleet).contains(""));
        sendEverywhere(fleet, "user-", 5);
        assertThat(weChat.state().tokenFetches(SandboxOptions.APP_ID))
            .isEqualTo(new TokenFetches(1, 0, 0));
      } finally {
        fleet.forEach(RunningServer::close);
      }
    }
  }
}
