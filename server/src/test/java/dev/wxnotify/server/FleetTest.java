package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import dev.wxnotify.sandbox.AcceptedMessage;
import dev.wxnotify.sandbox.Effect;
import dev.wxnotify.sandbox.EffectKind;
import dev.wxnotify.sandbox.Fault;
import dev.wxnotify.sandbox.RevokeMode;
import dev.wxnotify.sandbox.Sandbox;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxState.TokenFetches;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RedisServerExtension;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several replicas, each in its own process, with one WeChat and one Redis. */
@Timeout(180)
class FleetTest {
  /**
   * How long Redis is down under load: long enough for some probes and for hundreds of messages. To
   * run with a longer outage: {@code mvn test -pl server -am -Dtest=FleetTest
   * -Dsurefire.failIfNoSpecifiedTests=false -Dwxnotify.test.outage=PT30S}.
   */
  private static final Duration OUTAGE =
      Duration.parse(System.getProperty("wxnotify.test.outage", "PT3S"));

  /** How long a call without a deadline may take. */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  private static final String SHOP_TOKEN = "wxnotify:{token:" + SandboxOptions.APP_ID + ":stable}";
  private static final String CLUB_ID = "wxclub0000000000001";
  private static final String CLUB_SECRET = "club-secret-only-for-the-sandbox";
  private static final String CLUB_TOKEN = "wxnotify:{token:" + CLUB_ID + ":stable}";

  @RegisterExtension final RedisServerExtension redis = RedisServerExtension.with();

  @Test
  void firstSends_overThreeReplicas_fetchOneToken() throws Exception {
    try (Sandbox weChat = Sandbox.start()) {
      // Late, so that all sends arrive before the first token.
      weChat.addFault(slow(SandboxEndpoint.STABLE_TOKEN, Duration.ofSeconds(3)));
      try (Fleet fleet = Fleet.start(3, Fleet.environment(weChat, redis))) {
        assertAllAccepted(startSends(fleet.replicas(), 300, "first-"));

        assertThat(fetches(weChat)).isEqualTo(new TokenFetches(0, 1, 0));
        assertThat(openIds(weChat)).hasSize(300).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void holderOfTheLeaseKilled_anotherFetchesOnce_andNoSendFails() throws Exception {
    try (Sandbox weChat = Sandbox.start();
        Fleet fleet = Fleet.start(3, Fleet.environment(weChat, redis))) {
      assertAllAccepted(startSends(fleet.replicas(), 30, "before-"));
      assertThat(fetches(weChat)).isEqualTo(new TokenFetches(0, 1, 0));
      weChat.revokeToken(SandboxOptions.APP_ID, RevokeMode.SUPERSEDED);
      weChat.addFault(
          Fault.on(SandboxEndpoint.STABLE_TOKEN, Effect.of(EffectKind.NO_ANSWER)).times(1));

      ReplicaProcess holder = fleet.replica(0);
      var lost = holder.future().sendSubscribeMessage(RunningServer.requestTo("lost"));
      Await.until("the holder asks for a token", () -> fetches(weChat).stable() == 2);
      assertThat(redis.keys()).contains(SHOP_TOKEN + ":fetch").doesNotContain(SHOP_TOKEN);
      assertThat(redis.life(SHOP_TOKEN + ":fetch"))
          .as("less than a send without a deadline waits")
          .isLessThan(DEFAULT_TIMEOUT);
      List<ReplicaProcess> others = fleet.replicas().subList(1, 3);
      List<ListenableFuture<SendSubscribeMessageResponse>> waiting =
          startSends(others, 60, "waiting-");
      Await.until(
          "each of the others was rejected",
          () -> weChat.state().sends(40001) + weChat.state().sends(42001) >= 3);
      holder.kill();

      assertAllAccepted(waiting);
      assertThat(lost).as("the send of the killed replica").isDone();
      assertThat(fetches(weChat))
          .as("the killed one's, and one")
          .isEqualTo(new TokenFetches(0, 3, 0));
      assertThat(openIds(weChat)).hasSize(90).doesNotHaveDuplicates();
    }
  }

  @Test
  void sameRequestId_onAllReplicas_sendsOneMessage() throws Exception {
    SandboxOptions options = SandboxOptions.builder().latency(Duration.ofMillis(30)).build();
    try (Sandbox weChat = Sandbox.start(options);
        Fleet fleet = Fleet.start(3, Fleet.environment(weChat, redis))) {
      for (int i = 0; i < 20; i++) {
        SendSubscribeMessageRequest request = request("user-" + i, "order-" + i);
        var left = fleet.replica(0).future().sendSubscribeMessage(request);
        var right = fleet.replica(1).future().sendSubscribeMessage(request);
        SendSubscribeMessageResponse one = untilAnswered(fleet.replica(0), request, left);
        SendSubscribeMessageResponse other = untilAnswered(fleet.replica(1), request, right);
        assertThat(one.getMessageId()).isNotEmpty().isEqualTo(other.getMessageId());
        assertThat(List.of(one.getReplayed(), other.getReplayed()))
            .containsExactlyInAnyOrder(false, true);
      }

      SendSubscribeMessageRequest request = request("user-0", "order-0");
      List<ListenableFuture<SendSubscribeMessageResponse>> repeats = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        repeats.add(fleet.replica(i % 3).future().sendSubscribeMessage(request));
      }
      String messageId = Long.toString(weChat.messages().get(0).msgid());
      for (int i = 0; i < 50; i++) {
        SendSubscribeMessageResponse repeat =
            untilAnswered(fleet.replica(i % 3), request, repeats.get(i));
        assertThat(repeat.getMessageId()).isEqualTo(messageId);
        assertThat(repeat.getReplayed()).isTrue();
      }
      for (ReplicaProcess replica : fleet.replicas()) {
        assertThat(failure(replica, request("another-user", "order-0")))
            .isEqualTo(ErrorReason.REQUEST_ID_CONFLICT);
      }
      assertThat(openIds(weChat)).hasSize(20).doesNotHaveDuplicates();
      assertThat(weChat.state().sendsReceived()).isEqualTo(20);
    }
  }

  @Test
  void killedBeforeTheAnswer_theRepeatElsewhereIsUnknown_andNothingIsSentAgain() throws Exception {
    try (Sandbox weChat = Sandbox.start()) {
      Map<String, String> environment = Fleet.environment(weChat, redis);
      environment.put("WXNOTIFY_WECHAT_REQUEST_TIMEOUT", "2s");
      try (Fleet fleet = Fleet.start(2, environment)) {
        assertAllAccepted(startSends(fleet.replicas(), 2, "warm-"));
        weChat.addFault(Fault.on(SandboxEndpoint.SEND, Effect.of(EffectKind.NO_ANSWER)).times(1));
        SendSubscribeMessageRequest request = request("user", "order");

        var lost =
            fleet
                .replica(0)
                .future()
                .withDeadlineAfter(3, TimeUnit.SECONDS)
                .sendSubscribeMessage(request);
        Await.until("WeChat has the message", () -> weChat.state().sendsReceived() == 3);
        fleet.replica(0).kill();

        ReplicaProcess other = fleet.replica(1);
        assertThat(failure(other, request)).isEqualTo(ErrorReason.REQUEST_IN_PROGRESS);
        List<ErrorReason> later = new ArrayList<>();
        Await.until(
            "the claim of the killed replica has ended",
            () -> {
              later.add(failure(other, request));
              return later.contains(ErrorReason.OUTCOME_UNKNOWN);
            });
        assertThat(later)
            .containsOnly(ErrorReason.REQUEST_IN_PROGRESS, ErrorReason.OUTCOME_UNKNOWN);
        assertThat(failure(other, request)).isEqualTo(ErrorReason.OUTCOME_UNKNOWN);
        assertThat(lost).isDone();
        assertThat(openIds(weChat)).filteredOn("user"::equals).hasSize(1);
        assertThat(weChat.state().sendsReceived()).isEqualTo(3);
      }
    }
  }

  @Test
  void redisGoneUnderLoad_noSendFails_andItsReturnHealsEverything() throws Exception {
    try (Sandbox weChat = Sandbox.start();
        Fleet fleet = Fleet.start(3, Fleet.environment(weChat, redis));
        SteadyLoad load = SteadyLoad.on(fleet.replicas())) {
      Await.until("the load runs", () -> load.sent() >= 300);

      redis.stop();
      int first = load.sent();
      Thread.sleep(OUTAGE.toMillis());
      int last = load.sent();
      redis.start();

      for (ReplicaProcess replica : fleet.replicas()) {
        replica.awaitLog("redis: up", 2);
      }
      int back = load.sent();
      Await.until("the load goes on", () -> load.sent() >= back + 300);
      load.stop();
      assertThat(load.failures()).isEmpty();
      assertThat(load.accepted()).isEqualTo(load.sent());
      assertThat(last - first).as("sent without Redis").isGreaterThan(100);
      for (ReplicaProcess replica : fleet.replicas()) {
        assertThat(replica.log().lines().filter(line -> line.contains("redis: ")))
            .as("one line for each change")
            .hasSize(3);
      }

      Await.until("the token is shared again", () -> redis.keys().contains(SHOP_TOKEN));
      assertThat(fetches(weChat)).isEqualTo(new TokenFetches(0, 1, 0));
      List<Integer> others = new ArrayList<>(load.messageIds().keySet());
      others.removeIf(i -> i < first);
      List<String> keys = others.stream().map(i -> requestKey("load-" + i)).toList();
      Await.until("Redis has everything", () -> redis.keys().containsAll(keys));
      assertThat(keys).hasSizeGreaterThan((last - first) / 2);
      assertReplayedByOthers(fleet, load, others);
      SendSubscribeMessageRequest after = request("after", "after");
      assertReplayedByAll(
          fleet, after, fleet.replica(1).blocking().sendSubscribeMessage(after).getMessageId());
      assertThat(openIds(weChat)).hasSize(load.sent() + 1).doesNotHaveDuplicates();
    }
  }

  /** Asks each replica for messages that others sent while it could not know of them. */
  private static void assertReplayedByOthers(Fleet fleet, SteadyLoad load, List<Integer> indexes)
      throws Exception {
    int replicas = fleet.replicas().size();
    for (int shift = 1; shift < replicas; shift++) {
      for (int i : indexes) {
        SendSubscribeMessageResponse repeat =
            fleet
                .replica((i + shift) % replicas)
                .blocking()
                .sendSubscribeMessage(SteadyLoad.request(i));
        assertThat(repeat.getReplayed()).isTrue();
        assertThat(repeat.getMessageId()).isEqualTo(load.messageIds().get(i));
      }
    }
  }

  /** The documented key of a request id without a caller. */
  private static String requestKey(String requestId) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(("\0" + requestId).getBytes(StandardCharsets.UTF_8));
      return "wxnotify:request:" + HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void twoApps_shareNoKey_andNothingSecretIsSeen() throws Exception {
    SandboxOptions options =
        SandboxOptions.builder()
            .app(SandboxOptions.APP_ID, SandboxOptions.APP_SECRET)
            .app(CLUB_ID, CLUB_SECRET)
            .build();
    try (Sandbox weChat = Sandbox.start(options)) {
      Map<String, String> environment = Fleet.environment(weChat, redis);
      environment.put("WXNOTIFY_APPS_SHOP_DEFAULT", "true");
      environment.put("WXNOTIFY_APPS_CLUB_APP_ID", CLUB_ID);
      environment.put("WXNOTIFY_APPS_CLUB_APP_SECRET", CLUB_SECRET);
      environment.put("WXNOTIFY_LOG_LEVEL", "TRACE");
      try (Fleet fleet = Fleet.start(2, environment)) {
        for (ReplicaProcess replica : fleet.replicas()) {
          for (String app : List.of(SandboxOptions.APP_ID, CLUB_ID)) {
            SendSubscribeMessageRequest.Builder request =
                request(app + "-user", app + "-order").toBuilder();
            request.getMessageBuilder().setAppId(app);
            assertThat(replica.blocking().sendSubscribeMessage(request.build()).getMessageId())
                .isNotEmpty();
          }
        }

        assertThat(weChat.messages())
            .hasSize(2)
            .allMatch(message -> message.openId().equals(message.appId() + "-user"));
        assertThat(weChat.state().tokenFetches())
            .isEqualTo(
                Map.of(
                    SandboxOptions.APP_ID,
                    new TokenFetches(0, 1, 0),
                    CLUB_ID,
                    new TokenFetches(0, 1, 0)));
        assertThat(redis.keys()).contains(SHOP_TOKEN, CLUB_TOKEN);
        String shopToken = storedToken(SHOP_TOKEN);
        String clubToken = storedToken(CLUB_TOKEN);
        assertThat(shopToken).isNotEqualTo(clubToken);
        List<String> secrets =
            List.of(shopToken, clubToken, SandboxOptions.APP_SECRET, CLUB_SECRET);
        assertThat(String.join("\n", redis.keys())).doesNotContain(secrets);
        for (ReplicaProcess replica : fleet.replicas()) {
          assertThat(replica.terminate()).isZero();
          assertThat(replica.log())
              .contains(" ready: ", " stopped", SandboxOptions.APP_ID, CLUB_ID)
              .doesNotContain(secrets)
              .doesNotContain("-user");
        }
      }
    }
  }

  @Test
  void withoutRedis_eachReplicaFetchesWeChatsOneStableToken() throws Exception {
    try (Sandbox weChat = Sandbox.start();
        Fleet fleet = Fleet.start(3, Fleet.environment(weChat))) {
      assertAllAccepted(startSends(fleet.replicas(), 300, "user-"));

      assertThat(fetches(weChat)).isEqualTo(new TokenFetches(0, 3, 0));
      assertThat(openIds(weChat)).hasSize(300).doesNotHaveDuplicates();
      assertThat(weChat.state().sendsReceived()).isEqualTo(300);
    }
  }

  @Test
  void startWithoutItsRedis_servesAtOnce_andJoinsWhenItComes() throws Exception {
    redis.stop();
    try (Sandbox weChat = Sandbox.start();
        Fleet early = Fleet.start(1, Fleet.environment(weChat, redis))) {
      assertAllAccepted(startSends(early.replicas(), 30, "early-"));
      SendSubscribeMessageRequest request = request("user", "order");
      SendSubscribeMessageResponse first =
          early.replica(0).blocking().sendSubscribeMessage(request);
      assertThat(early.replica(0).log()).contains("redis: down").doesNotContain("redis: up");

      redis.start();
      early.replica(0).awaitLog("redis: up", 1);
      Await.until("it shares its token", () -> redis.keys().contains(SHOP_TOKEN));
      try (Fleet late = Fleet.start(1, Fleet.environment(weChat, redis))) {
        assertAllAccepted(startSends(late.replicas(), 30, "late-"));
        assertReplayedByAll(late, request, first.getMessageId());
        assertThat(fetches(weChat)).isEqualTo(new TokenFetches(0, 1, 0));
        assertThat(openIds(weChat)).hasSize(61).doesNotHaveDuplicates();
      }
    }
  }

  private static Fault slow(SandboxEndpoint endpoint, Duration latency) {
    return Fault.on(endpoint, Effect.latency(latency));
  }

  private static TokenFetches fetches(Sandbox weChat) {
    return weChat.state().tokenFetches(SandboxOptions.APP_ID);
  }

  private static List<String> openIds(Sandbox weChat) {
    return weChat.messages().stream().map(AcceptedMessage::openId).toList();
  }

  private static SendSubscribeMessageRequest request(String openId, String requestId) {
    return RunningServer.requestTo(openId).toBuilder().setRequestId(requestId).build();
  }

  /**
   * Sends one message to each of {@code count} users, over the replicas in turn. The deadline is
   * later than the server's default, which a replica that has just started on a busy machine may
   * miss.
   */
  private static List<ListenableFuture<SendSubscribeMessageResponse>> startSends(
      List<ReplicaProcess> replicas, int count, String prefix) {
    List<ListenableFuture<SendSubscribeMessageResponse>> sends = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sends.add(
          replicas
              .get(i % replicas.size())
              .future()
              .withDeadlineAfter(30, TimeUnit.SECONDS)
              .sendSubscribeMessage(RunningServer.requestTo(prefix + i)));
    }
    return sends;
  }

  private static void assertAllAccepted(List<ListenableFuture<SendSubscribeMessageResponse>> sends)
      throws Exception {
    for (ListenableFuture<SendSubscribeMessageResponse> send : sends) {
      assertThat(send.get(30, TimeUnit.SECONDS).getMessageId()).isNotEmpty();
    }
  }

  /** Waits for the answer, and repeats the call while another one is in progress. */
  private static SendSubscribeMessageResponse untilAnswered(
      ReplicaProcess replica,
      SendSubscribeMessageRequest request,
      ListenableFuture<SendSubscribeMessageResponse> first)
      throws Exception {
    List<SendSubscribeMessageResponse> answer = new ArrayList<>();
    List<ListenableFuture<SendSubscribeMessageResponse>> calls = new ArrayList<>(List.of(first));
    Await.until(
        "answered",
        () -> {
          try {
            answer.add(calls.get(calls.size() - 1).get(30, TimeUnit.SECONDS));
            return true;
          } catch (ExecutionException e) {
            if (!(e.getCause() instanceof StatusRuntimeException failure)
                || RunningServer.sendError(failure).getReason()
                    != ErrorReason.REQUEST_IN_PROGRESS) {
              throw e;
            }
            calls.add(replica.future().sendSubscribeMessage(request));
            return false;
          }
        });
    return answer.get(0);
  }

  /** Sends a message that must fail, and returns the failure. */
  private static ErrorReason failure(ReplicaProcess replica, SendSubscribeMessageRequest request)
      throws Exception {
    try {
      throw new AssertionError(
          "not a failure: " + replica.blocking().sendSubscribeMessage(request));
    } catch (StatusRuntimeException failure) {
      return RunningServer.sendError(failure).getReason();
    }
  }

  private static void assertReplayedByAll(
      Fleet fleet, SendSubscribeMessageRequest request, String messageId) {
    for (ReplicaProcess replica : fleet.replicas()) {
      SendSubscribeMessageResponse repeat = replica.blocking().sendSubscribeMessage(request);
      assertThat(repeat.getReplayed()).isTrue();
      assertThat(repeat.getMessageId()).isEqualTo(messageId);
    }
  }

  private String storedToken(String key) throws Exception {
    return redis.get(key).split(":", 3)[2];
  }
}
