package dev.wxnotify.server;

import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.LeakScanner;
import dev.wxnotify.server.testing.LogCapture;
import dev.wxnotify.server.testing.RedisServerExtension;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.OperationsServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.RefreshTokenRequest;
import dev.wxnotify.v1.RefreshTokenResponse;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import dev.wxnotify.v1.TokenSource;
import dev.wxnotify.v1.TokenState;
import dev.wxnotify.v1.TokenStatus;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that other systems keep, over real sockets: WeChat is never asked for one. */
@Timeout(60)
class TokenSourcesTest {
  private static final String FIRST = "98_first-token-of-the-company-0123456789";
  private static final String SECOND = "98_second-token-of-the-company-9876543210";
  private static final String BEARER = "bearer-hush-2";
  private static final String REDIS_PASSWORD = "redis-hush-3";
  private static final String KEY = "wa:access_token:" + SandboxOptions.APP_ID;
  private static final Duration LONG = Duration.ofHours(2);
  private static final LeakScanner SCANNER =
      new LeakScanner("query-hush-1", BEARER, REDIS_PASSWORD);

  @RegisterExtension static final RedisServerExtension REDIS = RedisServerExtension.with();

  private final TokenKeeper keeper;
  private final Path directory;

  TokenSourcesTest(@TempDir Path directory) throws Exception {
    this.keeper = TokenKeeper.start();
    this.directory = directory;
  }

  @AfterEach
  void close() {
    keeper.close();
  }

  private RunningServer start(Map<String, String> keys) throws Exception {
    return RunningServer.start(SandboxOptions.defaults(), keys);
  }

  private Map<String, String> redisKeys() {
    return Map.of(
        "wxnotify.apps.shop.base-url",
        keeper.url().toString(),
        "wxnotify.apps.shop.token.source",
        "redis",
        "wxnotify.apps.shop.token.redis-key",
        "wa:access_token:{appid}",
        "wxnotify.apps.shop.token.redis-url",
        REDIS.url());
  }

  private Map<String, String> cloudbaseKeys(Path file) {
    return Map.of(
        "wxnotify.apps.shop.base-url", keeper.url().toString(),
        "wxnotify.apps.shop.token.source", "cloudbase",
        "wxnotify.apps.shop.token.cloudbase-file", file.toString());
  }

  private static void send(RunningServer server, String openId) {
    SendSubscribeMessageResponse accepted =
        server.blocking().sendSubscribeMessage(RunningServer.requestTo(openId));
    assertThat(accepted.getMessageId()).isNotEmpty();
  }

  private static TokenStatus status(RunningServer server) {
    return OperationsServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .getTokenStatus(GetTokenStatusRequest.getDefaultInstance())
        .getTokens(0);
  }

  private static RefreshTokenResponse refresh(RunningServer server) {
    return OperationsServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .refreshToken(RefreshTokenRequest.getDefaultInstance());
  }

  private static String page(RunningServer server, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(server.monitoring(path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** Nobody asked WeChat for a token, at its usual address or at the app's own. */
  private void assertNoTokenCalls(RunningServer server) {
    assertThat(keeper.tokenCalls).hasValue(0);
    assertThat(server.sandbox().state().requests()).isEmpty();
  }

  // url

  @Test
  void url_sendsWithItsToken_andNeverAsksWeChat() throws Exception {
    keeper.keep(FIRST, LONG);
    try (RunningServer server = start(keeper.keys(Map.of()))) {
      send(server, "user");
      send(server, "user");

      assertThat(keeper.sends).containsExactly("access_token=" + FIRST, "access_token=" + FIRST);
      assertThat(keeper.asked).as("read once").containsExactly("null");
      TokenStatus status = status(server);
      assertThat(status.getSource()).isEqualTo(TokenSource.TOKEN_SOURCE_URL);
      assertThat(status.getState()).isEqualTo(TokenState.TOKEN_STATE_FRESH);
      assertThat(status.getExpiresIn().getSeconds()).isBetween(7_100L, 7_200L);
      assertThat(status.getCallsLeft()).as("nothing is spent").isEqualTo(150);
      assertNoTokenCalls(server);
    }
  }

  @Test
  void url_tokenThatLivesShort_isReadAgainBeforeItsEnd() throws Exception {
    keeper.keep(FIRST, Duration.ofSeconds(2));
    try (RunningServer server = start(keeper.keys(Map.of()))) {
      send(server, "user");
      keeper.keep(SECOND, LONG);
      keeper.valid.add("access_token=" + FIRST);

      Await.until(
          "the renewed token is there", () -> status(server).getExpiresIn().getSeconds() > 60);
      send(server, "user");

      assertThat(keeper.sends).last().isEqualTo("access_token=" + SECOND);
      assertThat(keeper.refusals).as("without a refusal").hasValue(0);
      assertNoTokenCalls(server);
    }
  }

  @Test
  void url_refused_isReadOnceMore_forAllMessagesThatWait() throws Exception {
    keeper.keep(FIRST, LONG);
    try (RunningServer server = start(keeper.keys(Map.of()))) {
      send(server, "user");
      keeper.keep(SECOND, LONG);
      CountDownLatch held = keeper.hold();
      List<ListenableFuture<SendSubscribeMessageResponse>> waiting = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        waiting.add(server.future().sendSubscribeMessage(RunningServer.requestTo("user-" + i)));
      }
      Await.until("all are refused", () -> keeper.refusals.get() >= 1 && keeper.asked.size() == 2);
      held.countDown();

      for (var each : waiting) {
        assertThat(each.get(30, TimeUnit.SECONDS).getMessageId()).isNotEmpty();
      }
      assertThat(keeper.asked).as("once at the start, once after the refusals").hasSize(2);
      assertThat(keeper.sends).filteredOn(q -> q.endsWith(SECOND)).hasSize(50);
      assertNoTokenCalls(server);
    }
  }

  /** The company's system has not noticed yet: the caller hears it, and it heals by itself. */
  @Test
  void url_refusedAndNoOtherThere_fails_andHealsWhenThereIs() throws Exception {
    keeper.keep(FIRST, LONG);
    try (RunningServer server = start(keeper.keys(Map.of()))) {
      send(server, "user");
      keeper.take("access_token=" + SECOND);

      assertThatCall(() -> send(server, "user"))
          .isError(Status.Code.INTERNAL, ErrorReason.WECHAT_CREDENTIALS, Outcome.OUTCOME_NOT_SENT)
          .says("its source has no other one");
      assertThat(keeper.asked).as("read once more").hasSizeGreaterThanOrEqualTo(2);
      assertThat(keeper.sends).as("and not written again").hasSize(2);

      String old = status(server).getFingerprint();
      keeper.keep(SECOND, LONG);
      Await.until("the new one is found", () -> !status(server).getFingerprint().equals(old));
      send(server, "user");
      assertNoTokenCalls(server);
    }
  }

  @Test
  void url_bearerToken_isSent_andReadAgainWhenItsFileChanges() throws Exception {
    Path file = Files.writeString(directory.resolve("bearer"), "old-" + BEARER + "\n");
    keeper.keep(FIRST, LONG);
    keeper.bearer = BEARER;
    try (RunningServer server =
        start(keeper.keys(Map.of("wxnotify.apps.shop.token.bearer-token-file", file.toString())))) {
      assertThatCall(() -> send(server, "user"))
          .isError(
              Status.Code.UNAVAILABLE, ErrorReason.WECHAT_UNREACHABLE, Outcome.OUTCOME_NOT_SENT)
          .says("HTTP 401");
      assertThat(status(server).getTrouble()).contains("127.0.0.1", "HTTP 401", "bearer-token");

      Files.writeString(file, BEARER + "\n");

      Await.until("it is used", () -> status(server).getState() == TokenState.TOKEN_STATE_FRESH);
      send(server, "user");
      assertThat(keeper.asked)
          .contains("Bearer old-" + BEARER)
          .last()
          .isEqualTo("Bearer " + BEARER);
    }
  }

  @Test
  void url_errcode_isTold_andDecidesWhetherItHelpsToWait() throws Exception {
    keeper.answer =
        "{\"errcode\":40164,\"errmsg\":\"not in whitelist, key=query-hush-1 "
            + "rid: 6a111111-22222222-33333333\"}";
    try (RunningServer server = start(keeper.keys(Map.of()))) {
      assertThatCall(() -> send(server, "user"))
          .isError(Status.Code.INTERNAL, ErrorReason.WECHAT_CREDENTIALS, Outcome.OUTCOME_NOT_SENT)
          .says("token.url");
      assertThat(status(server).getTroubleErrcode()).isEqualTo(40164);
      assertThat(page(server, "/readyz")).contains("not_ready", "40164");
      assertNoTokenCalls(server);
    }
  }

  @Test
  void refresh_readsNow() throws Exception {
    keeper.keep(FIRST, LONG);
    try (RunningServer server = start(keeper.keys(Map.of()))) {
      send(server, "user");
      keeper.keep(SECOND, LONG);

      assertThat(refresh(server).getChanged()).isTrue();
      send(server, "user");
      assertThat(keeper.refusals).hasValue(0);
    }
  }

  // redis

  @Test
  void redis_sendsWithItsToken_andOnlyReads() throws Exception {
    REDIS.command("SET", KEY, FIRST, "EX", "7000");
    keeper.take("access_token=" + FIRST);
    try (RunningServer server = start(redisKeys())) {
      send(server, "user");
      send(server, "user");

      TokenStatus status = status(server);
      assertThat(status.getSource()).isEqualTo(TokenSource.TOKEN_SOURCE_REDIS);
      assertThat(status.getExpiresIn().getSeconds()).isBetween(6_900L, 7_000L);
      assertThat(REDIS.calls("get")).isEqualTo(1);
      assertThat(REDIS.calls("pttl")).isEqualTo(1);
      for (String writing : List.of("setex", "psetex", "eval", "evalsha", "del", "expire")) {
        assertThat(REDIS.calls(writing)).as(writing).isZero();
      }
      assertThat(REDIS.keys()).containsExactly(KEY);
      assertNoTokenCalls(server);
    }
  }

  @Test
  void redis_ofTheServerItself_isUsedWithoutItsPrefix() throws Exception {
    REDIS.command("SET", KEY, FIRST);
    keeper.take("access_token=" + FIRST);
    Map<String, String> keys = new HashMap<>(redisKeys());
    keys.remove("wxnotify.apps.shop.token.redis-url");
    keys.put("wxnotify.redis.url", REDIS.url());
    keys.put("wxnotify.redis.command-timeout", "5s");
    try (RunningServer server = start(keys)) {
      send(server, "user");

      assertThat(REDIS.keys()).as("nothing is shared").containsExactly(KEY);
      assertNoTokenCalls(server);
    }
  }

  @Test
  void redis_keyThatEnds_isReadAgain_andItsTokenUsedUntilThereIsAnother() throws Exception {
    REDIS.command("SET", KEY, FIRST, "EX", "7000");
    keeper.take("access_token=" + FIRST);
    try (RunningServer server = start(redisKeys())) {
      send(server, "user");
      Await.until("its end is known", () -> isReadWithAnEnd(server));
      Await.until("the key is gone", () -> REDIS.command("GET", KEY) == null);
      Await.until("that is noticed", () -> status(server).getTrouble().contains("does not exist"));

      send(server, "user"); // WeChat takes it still.
      REDIS.command("SET", KEY, SECOND, "EX", "7000");
      keeper.valid.add("access_token=" + SECOND);
      Await.until("the next is found", () -> status(server).getExpiresIn().getSeconds() > 60);
      send(server, "user");

      assertThat(keeper.sends).last().isEqualTo("access_token=" + SECOND);
      assertThat(keeper.refusals).hasValue(0);
      assertThat(status(server).getTrouble()).isEmpty();
      assertNoTokenCalls(server);
    }
  }

  /** Shortens the key's life; returns false if the key ended before the server read it. */
  private static boolean isReadWithAnEnd(RunningServer server) throws Exception {
    REDIS.command("SET", KEY, FIRST, "PX", "1500");
    try {
      return refresh(server).getToken().getExpiresIn().getSeconds() < 60;
    } catch (StatusRuntimeException e) {
      if (!status(server).getTrouble().contains("does not exist")) {
        throw e;
      }
      return false;
    }
  }

  @Test
  void redis_refused_isReadOnceMore() throws Exception {
    REDIS.command("SET", KEY, FIRST, "EX", "7000");
    keeper.take("access_token=" + FIRST);
    try (RunningServer server = start(redisKeys())) {
      send(server, "user");
      REDIS.command("SET", KEY, SECOND, "EX", "7000");
      keeper.take("access_token=" + SECOND);
      keeper.refusal = 42001;

      send(server, "user");

      assertThat(keeper.sends)
          .containsExactly(
              "access_token=" + FIRST, "access_token=" + FIRST, "access_token=" + SECOND);
      assertThat(REDIS.calls("get")).isEqualTo(2);
      assertNoTokenCalls(server);
    }
  }

  // cloudbase

  @Test
  void cloudbase_sendsWithTheFilesToken_underItsOwnName() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), FIRST + "\n");
    keeper.take("cloudbase_access_token=" + FIRST);
    try (RunningServer server = start(cloudbaseKeys(file))) {
      send(server, "user");

      assertThat(keeper.sends).containsExactly("cloudbase_access_token=" + FIRST);
      TokenStatus status = status(server);
      assertThat(status.getSource()).isEqualTo(TokenSource.TOKEN_SOURCE_CLOUDBASE);
      assertThat(status.getExpiresIn().getSeconds()).isBetween(1_700L, 1_800L);
      assertNoTokenCalls(server);
    }
  }

  @Test
  void cloudbase_fileThatChanges_isFollowedWithoutARefusal() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), FIRST);
    keeper.take("cloudbase_access_token=" + FIRST);
    keeper.valid.add("cloudbase_access_token=" + SECOND);
    try (RunningServer server = start(cloudbaseKeys(file))) {
      send(server, "user");
      String old = status(server).getFingerprint();
      replace(file, SECOND);
      long changed = System.nanoTime();

      Await.until("it is noticed", () -> !status(server).getFingerprint().equals(old));
      assertThat(Duration.ofNanos(System.nanoTime() - changed)).isLessThan(Duration.ofSeconds(20));
      send(server, "user");

      assertThat(keeper.sends).last().isEqualTo("cloudbase_access_token=" + SECOND);
      assertThat(keeper.refusals).hasValue(0);
    }
  }

  @Test
  void cloudbase_fileThatComesLate_isFound() throws Exception {
    Path file = directory.resolve("token");
    keeper.take("cloudbase_access_token=" + FIRST);
    try (RunningServer server = start(cloudbaseKeys(file))) {
      assertThatCall(() -> send(server, "user"))
          .isError(
              Status.Code.UNAVAILABLE, ErrorReason.WECHAT_UNREACHABLE, Outcome.OUTCOME_NOT_SENT)
          .says("token.cloudbase-file does not exist");
      Files.writeString(file, FIRST);

      Await.until("it is found", () -> status(server).getState() == TokenState.TOKEN_STATE_FRESH);
      send(server, "user");
      assertNoTokenCalls(server);
    }
  }

  @Test
  void cloudbase_refused_isReadOnceMore() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), FIRST);
    keeper.take("cloudbase_access_token=" + SECOND);
    try (RunningServer server = start(cloudbaseKeys(file))) {
      Await.until(
          "the first is read", () -> status(server).getState() == TokenState.TOKEN_STATE_FRESH);
      replace(file, SECOND); // Between two looks, or not: in both cases the message arrives.

      send(server, "user");

      assertThat(keeper.sends).last().isEqualTo("cloudbase_access_token=" + SECOND);
      assertNoTokenCalls(server);
    }
  }

  /** As the hosting does it: the file is never half written. */
  private static void replace(Path file, String content) throws Exception {
    Path next = Files.writeString(file.resolveSibling("next"), content);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  // none

  @Test
  void none_sendsWithoutAToken() throws Exception {
    keeper.take(null);
    try (RunningServer server =
        start(
            Map.of(
                "wxnotify.apps.shop.base-url",
                keeper.url().toString(),
                "wxnotify.apps.shop.token.source",
                "none"))) {
      send(server, "user");

      assertThat(keeper.sends).containsExactly("null");
      TokenStatus status = status(server);
      assertThat(status.getState()).isEqualTo(TokenState.TOKEN_STATE_NOT_NEEDED);
      assertThat(status.getSource()).isEqualTo(TokenSource.TOKEN_SOURCE_UNSPECIFIED);
      assertThat(status.getFingerprint()).isEmpty();
      assertThat(status.hasExpiresAt()).isFalse();
      assertThat(page(server, "/readyz")).contains("\"ready\"");
      assertThat(page(server, "/metrics"))
          .contains("wxnotify_app_can_send")
          .doesNotContain("wxnotify_token_expiry_seconds"); // No alert for it.
      assertNoTokenCalls(server);
    }
  }

  @Test
  void none_hostingNotInEffect_isForTheOperator() throws Exception {
    keeper.take("never");
    keeper.refusal = 41001;
    try (RunningServer server =
        start(
            Map.of(
                "wxnotify.apps.shop.base-url",
                keeper.url().toString(),
                "wxnotify.apps.shop.token.source",
                "none"))) {
      assertThatCall(() -> send(server, "user"))
          .isError(Status.Code.INTERNAL, ErrorReason.WECHAT_CREDENTIALS, Outcome.OUTCOME_NOT_SENT);
      assertThat(keeper.sends).hasSize(1);
      keeper.refusal = 40001;
      assertThatCall(() -> send(server, "user"))
          .isError(Status.Code.INTERNAL, ErrorReason.WECHAT_CREDENTIALS, Outcome.OUTCOME_NOT_SENT)
          .says("configured to need none");
      assertThat(keeper.sends).hasSize(2);
    }
  }

  /** The hosting has no token yet and says to try again: WeChat has not taken the message. */
  @Test
  void none_hostingNotReady_isTriedAgain() throws Exception {
    keeper.take(null);
    keeper.refusal = 85113;
    keeper.refuseNext.set(2);
    try (RunningServer server =
        start(
            Map.of(
                "wxnotify.apps.shop.base-url",
                keeper.url().toString(),
                "wxnotify.apps.shop.token.source",
                "none"))) {
      send(server, "user");

      assertThat(keeper.sends).hasSize(3);
    }
  }

  // several apps, and secrets

  @Test
  void apps_goToTheirOwnAddresses_withTheirOwnTokens() throws Exception {
    keeper.keep(FIRST, LONG);
    Map<String, String> keys = new HashMap<>();
    keys.put("wxnotify.apps.shop.default", "true");
    keys.put("wxnotify.apps.club.app-id", "wxclub");
    keys.put("wxnotify.apps.club.base-url", keeper.url().toString());
    keys.put("wxnotify.apps.club.token.source", "url");
    keys.put("wxnotify.apps.club.token.url", keeper.tokenUrl().toString());
    try (RunningServer server = start(keys)) {
      send(server, "user");
      server
          .blocking()
          .sendSubscribeMessage(
              RunningServer.requestTo("user").toBuilder()
                  .setMessage(RunningServer.messageTo("user").toBuilder().setAppId("wxclub"))
                  .build());

      assertThat(server.sandbox().state().sendsAccepted()).isEqualTo(1);
      assertThat(keeper.sends).containsExactly("access_token=" + FIRST);
    }
  }

  /** All that can go wrong with a source, and all that the server says of it. */
  @Test
  void troubles_tellNoSecret() throws Exception {
    StringBuilder everything = new StringBuilder();
    List<Map<String, String>> all = new ArrayList<>();
    keeper.keep(FIRST, LONG);
    keeper.bearer = "another";
    Map<String, String> bearer = Map.of("wxnotify.apps.shop.token.bearer-token", BEARER);
    all.add(keeper.keys(bearer));
    REDIS.command("SET", KEY, "\u0003\u0001" + FIRST + "\uFFFD");
    Map<String, String> noPassword = new HashMap<>(redisKeys());
    noPassword.put(
        "wxnotify.apps.shop.token.redis-url",
        "redis://:" + REDIS_PASSWORD + "@127.0.0.1:" + REDIS.port());
    all.add(redisKeys());
    all.add(noPassword);
    Map<String, String> nobody = new HashMap<>(noPassword);
    nobody.put("wxnotify.apps.shop.token.redis-url", "redis://:" + REDIS_PASSWORD + "@127.0.0.1:1");
    all.add(nobody);
    all.add(cloudbaseKeys(Files.writeString(directory.resolve("t"), FIRST + " " + SECOND)));
    try (LogCapture log = LogCapture.open()) {
      for (Map<String, String> keys : all) {
        try (RunningServer server = start(keys)) {
          assertThatCall(() -> send(server, "user"))
              .isError(
                  Status.Code.UNAVAILABLE,
                  ErrorReason.WECHAT_UNREACHABLE,
                  Outcome.OUTCOME_NOT_SENT);
          everything
              .append(status(server))
              .append(page(server, "/readyz"))
              .append(page(server, "/metrics"));
        }
      }
      for (String answer :
          List.of(
              "{\"errcode\":40125,\"errmsg\":\"Bearer " + BEARER + " key=query-hush-1\"}",
              "{\"access_token\":\"\",\"expires_in\":7200}",
              "{\"access_token\":\"" + FIRST + "\",\"expires_in\":0}",
              FIRST,
              "<html>" + FIRST)) {
        keeper.bearer = BEARER;
        keeper.answer = answer;
        try (RunningServer server = start(keeper.keys(bearer))) {
          Await.until("it is read", () -> !status(server).getTrouble().isEmpty());
          everything.append(status(server)).append(page(server, "/readyz"));
        }
      }
      everything.append(log.everything());
    }

    assertThat(everything.toString())
        .contains("HTTP 401", "is not plain text", "40125", "repeats a secret", "degraded");
    assertThat(SCANNER.findings(everything.toString())).isEmpty();
  }
}
