package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import dev.wxnotify.sandbox.AcceptedMessage;
import dev.wxnotify.sandbox.Effect;
import dev.wxnotify.sandbox.EffectKind;
import dev.wxnotify.sandbox.Fault;
import dev.wxnotify.sandbox.RevokeMode;
import dev.wxnotify.sandbox.Sandbox;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SendRules;
import dev.wxnotify.server.testing.RedisServerExtension;
import dev.wxnotify.server.testing.SlowProxy;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceStub;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Campaigns on streams, against a WeChat that fails in every way: in the end the results, the
 * summary and the sandbox agree on every message, and nothing was sent twice.
 */
@Timeout(180)
class CampaignTest {
  private static final String ONE = "wxone";
  private static final String TWO = "wxtwo";

  @RegisterExtension static final RedisServerExtension redis = RedisServerExtension.with();

  private static List<BatchSendRequest> items(int count, IntFunction<String> openId) {
    return IntStream.range(0, count).mapToObj(i -> item("", openId.apply(i), i)).toList();
  }

  private static BatchSendRequest item(String appId, String openId, int index) {
    return BatchSendRequest.newBuilder()
        .setSubscribeMessage(
            RunningServer.messageTo(openId).toBuilder()
                .setAppId(appId)
                .putData("thing1", "Coffee " + index))
        .setRequestId("row-" + index)
        .build();
  }

  private static NotificationServiceStub stub(RunningServer server) {
    return NotificationServiceGrpc.newStub(server.channel());
  }

  /** The messages that the sandbox accepted, by recipient. */
  private static Map<String, List<String>> taken(Sandbox sandbox) {
    return sandbox.messages().stream()
        .collect(
            Collectors.groupingBy(
                AcceptedMessage::openId,
                Collectors.mapping(
                    message -> Long.toString(message.msgid()), Collectors.toList())));
  }

  private static void assertEachWasTakenOnce(
      Sandbox sandbox, List<BatchSendRequest> items, List<BatchItemResult> results) {
    Map<String, List<String>> taken = taken(sandbox);
    assertThat(results)
        .allSatisfy(
            result -> {
              assertThat(result.getOutcome()).isEqualTo(Outcome.OUTCOME_ACCEPTED);
              assertThat(taken.get(openId(items, result))).containsExactly(result.getMessageId());
            });
    assertThat(taken).hasSize(items.size());
  }

  private static String openId(List<BatchSendRequest> items, BatchItemResult result) {
    return items.get((int) result.getIndex()).getSubscribeMessage().getOpenId();
  }

  // WeChat is slower than the campaign.

  @ParameterizedTest
  @ValueSource(ints = {-1, 45011})
  void weChatTakesAHundredASecond_theServerFindsThatOutAndEveryItemIsAcceptedOnce(int errcode)
      throws Exception {
    int items = 450;
    SandboxOptions options =
        SandboxOptions.builder()
            .sends(new SendRules(false, false, false, 100, errcode, Set.of()))
            .build();
    try (RunningServer server = RunningServer.start(options, Map.of())) {
      List<BatchSendRequest> campaign = items(items, i -> "user-" + i);

      List<BatchItemResult> results = CampaignStream.send(stub(server), campaign).awaitAll();

      assertEachWasTakenOnce(server.sandbox(), campaign, results);
      assertThat(server.sandbox().state().sends(errcode))
          .as("refused: what was under way at first, and few after that")
          .isBetween(1L, items + 150L);
    }
  }

  // Everything at once.

  private static String openIdThatFails(int i) {
    return switch (i % 200) {
      case 0 -> "sandbox-reset-before-" + i;
      case 1 -> "sandbox-reset-after-" + i;
      case 2 -> "sandbox-html-502-" + i;
      case 3 -> "sandbox-truncated-" + i;
      case 4 -> "sandbox-no-errcode-" + i;
      case 5 -> "sandbox-half-answer-" + i;
      case 6 -> "sandbox-empty-body-" + i;
      case 7 -> "sandbox-43101-" + i;
      case 8 -> "sandbox-40003-" + i;
      case 9 -> "sandbox-once-43108-" + i;
      case 10, 110 -> "sandbox-once--1-" + i;
      case 60, 160 -> "sandbox-once-45011-" + i;
      case 11 -> "sandbox-slow-30-" + i;
      case 12 -> "sandbox-wrong-content-type-" + i;
      case 13, 14 -> "friend-" + i % 3; // The same recipient many times.
      case 15 -> i % 5_000 == 15 ? "sandbox-no-answer-" + i : "user-" + i;
      case 16 -> "";
      default -> "user-" + i;
    };
  }

  private static Outcome expectedOf(int i) {
    return switch (i % 200) {
      case 0, 1, 2, 3, 4, 5, 6 -> Outcome.OUTCOME_UNKNOWN;
      case 7, 8, 16 -> Outcome.OUTCOME_REJECTED;
      case 15 -> i % 5_000 == 15 ? Outcome.OUTCOME_UNKNOWN : Outcome.OUTCOME_ACCEPTED;
      default -> Outcome.OUTCOME_ACCEPTED;
    };
  }

  /** Whether WeChat accepted it, where the outcome is unknown. */
  private static int takenUnknowinglyOf(int i) {
    return switch (i % 200) {
      case 0, 2 -> 0;
      default -> 1;
    };
  }

  @Test
  void everyKindOfFault_resultsAndSummaryAndWeChatAgreeItemByItem() throws Exception {
    int items = 20_000;
    int quotaUsedUp = 10_005;
    SandboxOptions options = SandboxOptions.builder().app(ONE, "secret").app(TWO, "secret").build();
    Map<String, String> keys =
        Map.of(
            "wxnotify.apps.shop.app-id", ONE,
            "wxnotify.apps.shop.app-secret", "secret",
            "wxnotify.apps.shop.default", "true",
            "wxnotify.apps.club.app-id", TWO,
            "wxnotify.apps.club.app-secret", "secret");
    List<BatchSendRequest> campaign = new ArrayList<>();
    for (int i = 0; i < items; i++) {
      campaign.add(
          i == quotaUsedUp
              ? item(TWO, "sandbox-45009-" + i, i)
              : i % 10 == 5 && i % 200 > 20
                  ? item(TWO, "club-" + i, i)
                  : item("", openIdThatFails(i), i));
    }
    try (RunningServer server = RunningServer.start(options, keys)) {
      CampaignStream stream = CampaignStream.send(stub(server), campaign);
      for (int revoked = 1; revoked <= 3; revoked++) {
        stream.awaitResults(revoked * items / 5);
        server.sandbox().revokeToken(ONE, revoked == 2 ? RevokeMode.DEAD : RevokeMode.SUPERSEDED);
        // A message is retried once: none may meet two revocations, however slow it is.
        stream.awaitWhatIsUnderWay();
      }
      List<BatchItemResult> results = stream.awaitAll();

      Map<String, List<String>> taken = taken(server.sandbox());
      Map<String, Set<String>> acceptedOf = new HashMap<>();
      int stoppedByQuota = 0;
      for (int i = 0; i < items; i++) {
        BatchItemResult result = results.get(i);
        String openId = openId(campaign, result);
        List<String> ofRecipient = taken.getOrDefault(openId, List.of());
        if (result.getOutcome() == Outcome.OUTCOME_ACCEPTED) {
          acceptedOf.computeIfAbsent(openId, id -> new HashSet<>()).add(result.getMessageId());
        }
        if (i == quotaUsedUp) {
          assertReason(result, ErrorReason.DAILY_QUOTA_EXHAUSTED, Outcome.OUTCOME_REJECTED);
          assertThat(ofRecipient).isEmpty();
        } else if (openId.startsWith("club-")) {
          if (result.getOutcome() != Outcome.OUTCOME_ACCEPTED) {
            assertReason(result, ErrorReason.DAILY_QUOTA_EXHAUSTED, Outcome.OUTCOME_NOT_SENT);
            assertThat(ofRecipient).isEmpty();
            stoppedByQuota++;
          }
        } else {
          assertThat(result.getOutcome()).as("%s: %s", openId, result).isEqualTo(expectedOf(i));
          if (result.getOutcome() == Outcome.OUTCOME_UNKNOWN) {
            assertThat(ofRecipient).as(openId).hasSize(takenUnknowinglyOf(i));
          } else if (result.getOutcome() == Outcome.OUTCOME_REJECTED) {
            assertThat(ofRecipient).as(openId).isEmpty();
          }
        }
      }
      acceptedOf.forEach(
          (openId, ids) ->
              assertThat(taken.get(openId))
                  .as("what was taken for %s is what was called accepted, once", openId)
                  .containsExactlyInAnyOrderElementsOf(ids));
      assertThat(stoppedByQuota).as("of the second app, after its quota").isBetween(500, 999);
      assertThat(server.sandbox().state().duplicates()).as("bodies taken twice").isZero();
      assertThat(server.sandbox().state().overlappingSends()).isZero();
      assertThat(server.sandbox().state().mostSendsPerOpenId()).isEqualTo(1);
    }
  }

  private static void assertReason(BatchItemResult result, ErrorReason reason, Outcome outcome) {
    assertThat(result.getOutcome()).isEqualTo(outcome);
    assertThat(result.getError().getReason()).isEqualTo(reason);
    assertThat(result.getError().hasRetryAfter()).isTrue();
  }

  // A process or a caller ends halfway.

  /** Repeats rows without an outcome until all have one; returns the outcomes by row. */
  private static Map<Integer, BatchItemResult> resume(
      NotificationServiceStub stub, List<BatchSendRequest> campaign) throws Exception {
    Map<Integer, BatchItemResult> done = new HashMap<>();
    List<Integer> left = IntStream.range(0, campaign.size()).boxed().toList();
    while (!left.isEmpty()) {
      List<Integer> rows = left;
      List<BatchItemResult> results =
          CampaignStream.send(stub, rows.stream().map(campaign::get).toList()).awaitAll();
      List<Integer> again = new ArrayList<>();
      for (int i = 0; i < rows.size(); i++) {
        BatchItemResult result = results.get(i);
        if (result.getError().getReason() == ErrorReason.REQUEST_IN_PROGRESS) {
          again.add(rows.get(i));
        } else {
          done.put(rows.get(i), result);
        }
      }
      if (!again.isEmpty()) {
        Thread.sleep(500); // Like retry_after, but shorter.
      }
      left = again;
    }
    return done;
  }

  @Test
  void callerDies_resumeOnANewStream_replaysWhatIsDoneAndSendsTheRest() throws Exception {
    int items = 2_000;
    SandboxOptions options = SandboxOptions.builder().latency(Duration.ofMillis(20)).build();
    try (RunningServer server = RunningServer.start(options, Map.of())) {
      List<BatchSendRequest> campaign = items(items, i -> "user-" + i);
      CampaignStream cut = CampaignStream.send(stub(server), campaign);
      cut.awaitResults(items / 3);
      cut.cancel();
      assertThat(cut.awaitEnd().getCode()).isEqualTo(Status.Code.CANCELLED);

      Map<Integer, BatchItemResult> done = resume(stub(server), campaign);

      assertEachWasTakenOnce(server.sandbox(), campaign, List.copyOf(inOrder(done, items)));
      cut.byIndex()
          .forEach(
              (row, result) -> {
                BatchItemResult again = of(row, done);
                assertThat(again.getMessageId()).isEqualTo(result.getMessageId());
                assertThat(again.getReplayed()).isTrue();
              });
    }
  }

  private static BatchItemResult of(int row, Map<Integer, BatchItemResult> done) {
    return Objects.requireNonNull(done.get(row), () -> "row " + row + " has an outcome");
  }

  /** Gives the results of repeats the index of their row in the campaign. */
  private static List<BatchItemResult> inOrder(Map<Integer, BatchItemResult> done, int items) {
    List<BatchItemResult> results = new ArrayList<>();
    for (int i = 0; i < items; i++) {
      results.add(of(i, done).toBuilder().setIndex(i).build());
    }
    return results;
  }

  @Test
  void serverIsKilled_resumeOnAnotherReplica_sendsNothingTwice() throws Exception {
    SandboxOptions options = SandboxOptions.builder().latency(Duration.ofMillis(50)).build();
    try (Sandbox sandbox = Sandbox.start(options);
        WxnotifyProcess first = serve(sandbox);
        WxnotifyProcess second = serve(sandbox)) {
      killFirstAndResumeOnSecond(sandbox, first, second, 2_000, CampaignTest::assertSameOutcome);
    }
  }

  /** An outcome that Redis has not confirmed when the server is killed may be in doubt again. */
  @Test
  void serverIsKilledWhileRedisIsSlow_resumeOnAnotherReplica_sendsNothingTwice() throws Exception {
    try (Sandbox sandbox = Sandbox.start(SandboxOptions.defaults());
        SlowProxy slow = SlowProxy.to(redis.port());
        WxnotifyProcess first = serveByWayOf(slow, sandbox);
        WxnotifyProcess second = serveByWayOf(slow, sandbox)) {
      first.awaitErr("ready: gRPC on ");
      second.awaitErr("ready: gRPC on ");
      slow.delay(Duration.ofMillis(300)); // More than the command timeout.

      killFirstAndResumeOnSecond(
          sandbox,
          first,
          second,
          1_000,
          (again, before) -> {
            if (again.getOutcome() != Outcome.OUTCOME_UNKNOWN) {
              assertSameOutcome(again, before);
            }
          });

      assertThat(first.err() + second.err()).doesNotContain("redis: down");
    }
  }

  private static void killFirstAndResumeOnSecond(
      Sandbox sandbox,
      WxnotifyProcess first,
      WxnotifyProcess second,
      int items,
      BiConsumer<BatchItemResult, BatchItemResult> againAndBefore)
      throws Exception {
    ManagedChannel toFirst = connect(first);
    ManagedChannel toSecond = connect(second);
    List<BatchSendRequest> campaign = items(items, i -> "user-" + i);
    // Some are certainly in flight, however fast the others are.
    sandbox.addFault(Fault.on(SandboxEndpoint.SEND, Effect.of(EffectKind.NO_ANSWER)).times(10));
    CampaignStream cut = CampaignStream.send(within(toFirst, 60), campaign);
    cut.awaitResults(items / 2);

    first.kill();
    assertThat(cut.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    Map<Integer, BatchItemResult> done = resume(within(toSecond, 60), campaign);

    Map<String, List<String>> taken = taken(sandbox);
    int doubtful = 0;
    for (BatchItemResult result : inOrder(done, items)) {
      List<String> ofRecipient = taken.getOrDefault(openId(campaign, result), List.of());
      if (result.getOutcome() == Outcome.OUTCOME_ACCEPTED) {
        assertThat(ofRecipient).containsExactly(result.getMessageId());
      } else {
        assertThat(result.getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
        assertThat(ofRecipient).hasSizeLessThanOrEqualTo(1);
        doubtful++;
      }
    }
    assertThat(doubtful).as("those that were under way").isBetween(10, 1_010);
    cut.byIndex().forEach((row, result) -> againAndBefore.accept(of(row, done), result));
    toFirst.shutdownNow();
    toSecond.shutdownNow();
  }

  private static void assertSameOutcome(BatchItemResult again, BatchItemResult first) {
    assertThat(again.getOutcome()).isEqualTo(first.getOutcome());
    assertThat(again.getMessageId()).isEqualTo(first.getMessageId());
  }

  @Test
  void serverIsStopped_streamEndsWithTheTruthAndTheCallerGoesOnElsewhere() throws Exception {
    int items = 5_000;
    SandboxOptions options = SandboxOptions.builder().latency(Duration.ofMillis(100)).build();
    try (Sandbox sandbox = Sandbox.start(options);
        WxnotifyProcess first = serve(sandbox);
        WxnotifyProcess second = serve(sandbox)) {
      ManagedChannel toFirst = connect(first);
      ManagedChannel toSecond = connect(second);
      List<BatchSendRequest> campaign = items(items, i -> "user-" + i);
      CampaignStream stream = CampaignStream.sendAndStay(within(toFirst, 60), campaign);
      stream.awaitResults(1_000);

      first.terminate();

      assertThat(RunningServer.sendError(stream.awaitError()).getReason())
          .isEqualTo(ErrorReason.SERVER_STOPPING);
      assertThat(first.exitCode()).isZero();
      List<BatchItemResult> told = stream.results();
      assertThat(stream.summary()).isEqualTo(CampaignStream.countOf(told));
      assertThat(told).hasSizeLessThan(items);
      assertThat(told)
          .filteredOn(result -> result.getOutcome() != Outcome.OUTCOME_ACCEPTED)
          .as("what was read and waited")
          .isNotEmpty()
          .allSatisfy(
              result -> {
                assertThat(result.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_SENT);
                assertThat(result.getError().getReason()).isEqualTo(ErrorReason.SERVER_STOPPING);
                assertThat(result.getError().getCode()).isEqualTo(Code.UNAVAILABLE_VALUE);
              });
      Set<String> accepted =
          told.stream()
              .filter(result -> result.getOutcome() == Outcome.OUTCOME_ACCEPTED)
              .map(result -> openId(campaign, result))
              .collect(Collectors.toSet());
      assertThat(taken(sandbox).keySet()).isEqualTo(accepted);

      Map<Integer, BatchItemResult> done = resume(within(toSecond, 60), campaign);
      assertEachWasTakenOnce(sandbox, campaign, inOrder(done, items));
      toFirst.shutdownNow();
      toSecond.shutdownNow();
    }
  }

  private static NotificationServiceStub within(ManagedChannel channel, int seconds) {
    return NotificationServiceGrpc.newStub(channel).withDeadlineAfter(seconds, TimeUnit.SECONDS);
  }

  private static WxnotifyProcess serve(Sandbox sandbox) throws Exception {
    Map<String, String> environment = Fleet.environment(sandbox, redis);
    // So that some messages of a campaign wait, however slowly they arrive.
    environment.put("WXNOTIFY_GRPC_MAX_IN_FLIGHT", "100");
    // A busy machine must not look like a Redis outage.
    environment.put("WXNOTIFY_REDIS_COMMAND_TIMEOUT", "10s");
    return WxnotifyProcess.start(environment, "serve");
  }

  private static WxnotifyProcess serveByWayOf(SlowProxy toRedis, Sandbox sandbox) throws Exception {
    Map<String, String> environment = Fleet.environment(sandbox);
    environment.put("WXNOTIFY_GRPC_MAX_IN_FLIGHT", "100");
    environment.put("WXNOTIFY_REDIS_URL", toRedis.redisUrl());
    // In proportion to the other commands' timeout, and long enough for a busy machine.
    environment.put("WXNOTIFY_REDIS_CLAIM_TIMEOUT", "20s");
    return WxnotifyProcess.start(environment, "serve");
  }

  private static ManagedChannel connect(WxnotifyProcess server) throws Exception {
    String ready = server.awaitErr("ready: gRPC on ");
    return NettyChannelBuilder.forTarget(ready.replaceAll(".*ready: gRPC on ([0-9.:]+),.*", "$1"))
        .usePlaintext()
        .build();
  }
}
