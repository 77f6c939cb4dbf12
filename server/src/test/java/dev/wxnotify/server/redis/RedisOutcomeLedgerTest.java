package dev.wxnotify.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.delivery.OutcomeLedger;
import dev.wxnotify.server.delivery.OutcomeLedger.Claim;
import dev.wxnotify.server.delivery.OutcomeLedgerContract;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.RedisServerExtension;
import dev.wxnotify.server.testing.TestLedgers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RedisOutcomeLedgerTest extends OutcomeLedgerContract {
  @RegisterExtension static final RedisServerExtension redis = RedisServerExtension.with();

  private static final Links links = new Links();
  private static final OutcomeLedger.Key KEY = new OutcomeLedger.Key("some-caller", "some-request");

  /** Where {@link #KEY} is stored. It is fixed, since replicas of two versions share it. */
  private static final String STORED_UNDER = "test:request:e9d055f3e773b1466c4c998a143bc1db";

  private static final String MESSAGE = "0123456789abcdef0123456789abcdef";
  private static final String OTHER_MESSAGE = "fedcba9876543210fedcba9876543210";
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration A_MOMENT = Duration.ofSeconds(10);
  private static final SendOutcome ACCEPTED = new SendOutcome.Accepted("1988810812324364291");

  @SuppressWarnings("NullAway.Init")
  private static RedisLink link;

  @SuppressWarnings("NullAway.Init")
  private static RedisLink otherLink;

  @RegisterExtension final CapturedLog log = new CapturedLog();

  private final FakeClock clock = new FakeClock();
  private final OutcomeLedger ledger = replica(link);
  private final OutcomeLedger other = replica(otherLink);

  @BeforeAll
  static void connect() throws Exception {
    link = links.up(redis.url());
    otherLink = links.up(redis.url());
  }

  @AfterAll
  static void disconnect() {
    links.close();
  }

  private OutcomeLedger replica(RedisLink link) {
    return new RedisOutcomeLedger(link, TestLedgers.inMemory(1_000, clock.nanos()), 1_000);
  }

  @Override
  protected OutcomeLedger ledger() {
    return ledger;
  }

  @Override
  protected OutcomeLedger otherInstance() {
    return other;
  }

  /** The clock of Redis cannot be faked: its keys are made to expire earlier. */
  @Override
  protected void letTimePass(Duration time) {
    clock.advance(time);
    try {
      redis.age(time);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Claim claim(OutcomeLedger ledger) throws Exception {
    return claim(ledger, MESSAGE);
  }

  private static Claim claim(OutcomeLedger ledger, String fingerprint) throws Exception {
    return Await.result(ledger.claim(KEY, fingerprint, LONGEST));
  }

  private static Claim lost() {
    return new Claim.Done(OutcomeCodec.LOST);
  }

  /** Moves the end that is stored in the claim: the clock of Redis cannot be faked. */
  private static void endClaimEarlier(Duration time) throws IOException {
    String claim = redis.get(STORED_UNDER);
    int end = claim.lastIndexOf(':') + 1;
    long until = Long.parseLong(claim.substring(end)) - time.toMillis();
    redis.command("SET", STORED_UNDER, claim.substring(0, end) + until, "KEEPTTL");
  }

  // A claim whose owner has died

  @Test
  void claim_ownerGone_isInProgressUntilItsTimeAndThenUnknownForEverybody() throws Exception {
    claim(ledger);
    assertThat(claim(other)).isEqualTo(new Claim.InProgress());

    endClaimEarlier(LONGEST.dividedBy(2));
    assertThat(claim(other)).isEqualTo(new Claim.InProgress());

    endClaimEarlier(LONGEST.dividedBy(2));
    assertThat(claim(other)).isEqualTo(lost());
    assertThat(claim(other)).isEqualTo(lost());
    assertThat(claim(replica(otherLink))).isEqualTo(lost());
    assertThat(claim(replica(link))).isEqualTo(lost());
  }

  @Test
  void claim_ownerGoneAndOtherMessage_isConflictBeforeAndAfterItsTime() throws Exception {
    Await.result(ledger.claim(KEY, MESSAGE, SHORT));

    assertThat(claim(other, OTHER_MESSAGE)).isEqualTo(new Claim.Conflict());
    Await.until("the claim is over", () -> claim(other).equals(lost()));
    assertThat(claim(other, OTHER_MESSAGE)).isEqualTo(new Claim.Conflict());
    assertThat(claim(replica(otherLink), OTHER_MESSAGE)).isEqualTo(new Claim.Conflict());
  }

  @Test
  void claim_ownerGoneAndFirstAskedForAnotherMessage_isConflictAndThenUnknown() throws Exception {
    Await.result(ledger.claim(KEY, MESSAGE, Duration.ofMillis(1)));
    // Real time passes in Redis: wait for a key that expires no earlier.
    redis.command("SET", "test:later", "", "PX", "5");
    Await.until("the claim is over", () -> redis.command("GET", "test:later") == null);

    assertThat(claim(other, OTHER_MESSAGE)).isEqualTo(new Claim.Conflict());
    assertThat(claim(other)).isEqualTo(lost());
  }

  @Test
  void store_ownerLateAfterItsClaimWasLost_leavesTheOutcomeThatOthersHeard() throws Exception {
    Await.result(ledger.claim(KEY, MESSAGE, SHORT));
    Await.until("the claim is over", () -> claim(other).equals(lost()));

    Await.result(ledger.store(KEY, MESSAGE, ACCEPTED));

    assertThat(claim(replica(link))).isEqualTo(lost());
  }

  @Test
  void claim_lost_isRememberedForADay() throws Exception {
    Await.result(ledger.claim(KEY, MESSAGE, SHORT));
    letTimePass(DAY.minus(A_MOMENT));
    Await.until("the claim is over", () -> claim(other).equals(lost()));

    assertThat(redis.life(STORED_UNDER)).isBetween(DAY.minus(A_MOMENT), DAY);
  }

  // Claims that are released

  @Test
  void release_claimOfAnotherReplica_isLeft() throws Exception {
    claim(ledger);

    Await.result(other.release(KEY));

    assertThat(claim(replica(link))).isEqualTo(new Claim.InProgress());
  }

  @Test
  void release_anOutcome_isLeft() throws Exception {
    claim(ledger);
    Await.result(ledger.store(KEY, MESSAGE, ACCEPTED));

    Await.result(ledger.release(KEY));

    assertThat(claim(replica(link))).isEqualTo(new Claim.Done(ACCEPTED));
  }

  /** The repeat arrives between the release in the process and the release in Redis. */
  @Test
  void release_repeatClaimsMeanwhile_leavesTheClaimOfTheRepeat() throws Exception {
    OutcomeLedger own = TestLedgers.inMemory(1_000, clock.nanos());
    List<CompletionStage<Claim>> repeats = new ArrayList<>();
    OutcomeLedger[] busy = new OutcomeLedger[1];
    busy[0] =
        new RedisOutcomeLedger(
            link,
            new ForwardingLedger(own) {
              @Override
              public CompletionStage<Void> release(Key key) {
                CompletionStage<Void> released = super.release(key);
                repeats.add(busy[0].claim(key, OTHER_MESSAGE, LONGEST));
                return released;
              }
            },
            1_000);
    claim(busy[0]);

    Await.result(busy[0].release(KEY));

    assertThat(Await.result(repeats.get(0))).isEqualTo(new Claim.Granted());
    assertThat(claim(other, OTHER_MESSAGE)).isEqualTo(new Claim.InProgress());
  }

  private static class ForwardingLedger implements OutcomeLedger {
    private final OutcomeLedger to;

    ForwardingLedger(OutcomeLedger to) {
      this.to = to;
    }

    @Override
    public CompletionStage<Claim> claim(Key key, String fingerprint, Duration longest) {
      return to.claim(key, fingerprint, longest);
    }

    @Override
    public CompletionStage<Void> store(Key key, String fingerprint, SendOutcome outcome) {
      return to.store(key, fingerprint, outcome);
    }

    @Override
    public CompletionStage<Void> release(Key key) {
      return to.release(key);
    }
  }

  // What is stored

  private static Stream<SendOutcome> outcomes() {
    WeChatError error = new WeChatError(47003, "argument invalid! \"無效\"\n😀:D:P:", "6a-b-c");
    List<Violation> violations = List.of(new Violation("data[\"thing1\"]", "is too long"));
    Stream<SendOutcome> rejected =
        Arrays.stream(Rejected.Reason.values())
            .flatMap(
                reason ->
                    Stream.of(
                        new SendOutcome.Rejected(reason, null),
                        new SendOutcome.Rejected(reason, error),
                        new SendOutcome.Rejected(
                            reason, error, violations, Duration.ofSeconds(61, 1))));
    Stream<SendOutcome> notSent =
        Arrays.stream(NotSent.Reason.values())
            .flatMap(
                reason ->
                    Stream.of(
                        new SendOutcome.NotSent(reason, ""),
                        new SendOutcome.NotSent(reason, "a:b", error, Duration.ofMillis(1)),
                        new SendOutcome.NotSent(reason, "a:b", null, Duration.ofDays(1))));
    Stream<SendOutcome> unknown =
        Arrays.stream(Unknown.Reason.values())
            .flatMap(
                doubt ->
                    Stream.of(
                        new SendOutcome.Unknown(doubt, ""),
                        new SendOutcome.Unknown(doubt, "reset")));
    return Stream.of(Stream.of(new SendOutcome.Accepted(""), ACCEPTED), rejected, notSent, unknown)
        .flatMap(kind -> kind);
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void store_anyOutcome_isToldToOtherReplicasUnchanged(SendOutcome outcome) throws Exception {
    claim(ledger);
    Await.result(ledger.store(KEY, MESSAGE, outcome));

    assertThat(claim(other)).isEqualTo(new Claim.Done(outcome));
  }

  private static Stream<Arguments> storedForms() {
    WeChatError error = new WeChatError(47003, "argument invalid!", "6a-b-c");
    return Stream.of(
        Arguments.of(
            new SendOutcome.Accepted("123"), "{\"outcome\":\"accepted\",\"messageId\":\"123\"}"),
        Arguments.of(
            new SendOutcome.Rejected(Rejected.Reason.REQUEST_ID_CONFLICT, null),
            "{\"outcome\":\"rejected\",\"reason\":\"REQUEST_ID_CONFLICT\",\"violations\":[]}"),
        Arguments.of(
            new SendOutcome.Rejected(
                Rejected.Reason.INVALID_TEMPLATE_DATA,
                error,
                List.of(new Violation("data[\"thing1\"]", "is too long")),
                Duration.ofMillis(61_500)),
            "{\"outcome\":\"rejected\",\"reason\":\"INVALID_TEMPLATE_DATA\","
                + "\"error\":{\"errcode\":47003,\"errmsg\":\"argument invalid!\",\"rid\":\"6a-b-c\"},"
                + "\"violations\":[{\"field\":\"data[\\\"thing1\\\"]\","
                + "\"description\":\"is too long\"}],\"retryAfter\":61.500000000}"),
        Arguments.of(
            new SendOutcome.NotSent(
                NotSent.Reason.OVERLOADED, "too much", error, Duration.ofSeconds(1)),
            "{\"outcome\":\"not_sent\",\"reason\":\"OVERLOADED\",\"explanation\":\"too much\","
                + "\"error\":{\"errcode\":47003,\"errmsg\":\"argument invalid!\",\"rid\":\"6a-b-c\"},"
                + "\"retryAfter\":1.000000000}"),
        Arguments.of(
            new SendOutcome.Unknown(Unknown.Reason.NO_ANSWER, "reset"),
            "{\"outcome\":\"unknown\",\"doubt\":\"NO_ANSWER\",\"explanation\":\"reset\"}"));
  }

  /** Another version of the server may read it: never change these. */
  @ParameterizedTest
  @MethodSource("storedForms")
  void store_anOutcome_hasThePinnedForm(SendOutcome outcome, String json) throws Exception {
    claim(ledger);
    Await.result(ledger.store(KEY, MESSAGE, outcome));

    assertThat(redis.get(STORED_UNDER)).isEqualTo("D:" + MESSAGE + ":" + json);
  }

  @Test
  void claim_granted_hasThePinnedForm() throws Exception {
    claim(ledger);

    assertThat(redis.get(STORED_UNDER)).matches("P:" + MESSAGE + ":[0-9a-f-]{36}:\\d+:\\d{13}");
  }

  @Test
  void claim_outcomeOfALaterVersion_isReadAsFarAsItIsKnown() throws Exception {
    redis.command(
        "SET",
        STORED_UNDER,
        "D:" + MESSAGE + ":{\"outcome\":\"accepted\",\"messageId\":\"1\",\"more\":{\"a\":[]}}");

    assertThat(claim(ledger)).isEqualTo(new Claim.Done(new SendOutcome.Accepted("1")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "[]",
        "7",
        "{\"outcome\":\"accepted\"}",
        "{\"outcome\":\"accepted\",\"messageId\":null}",
        "{\"outcome\":\"accepted\",\"messageId\":\"1\"",
        "{\"outcome\":\"postponed\",\"until\":5}",
        "{\"outcome\":\"rejected\"}",
        "{\"outcome\":\"rejected\",\"reason\":\"TOO_LOUD\",\"violations\":[]}",
        "{\"outcome\":\"rejected\",\"reason\":\"WECHAT_BUSY\"}",
        "{\"outcome\":\"rejected\",\"reason\":\"WECHAT_BUSY\",\"violations\":[null]}",
        "{\"outcome\":\"rejected\",\"reason\":\"WECHAT_BUSY\",\"violations\":[{}]}",
        "{\"outcome\":\"rejected\",\"reason\":\"WECHAT_BUSY\",\"violations\":[],\"error\":{}}",
        "{\"outcome\":\"not_sent\",\"reason\":\"OVERLOADED\"}",
        "{\"outcome\":\"unknown\",\"explanation\":\"reset\"}"
      })
  void claim_outcomeThatCannotBeRead_isUnknownAndNeverGranted(String json) throws Exception {
    redis.command("SET", STORED_UNDER, "D:" + MESSAGE + ":" + json);

    assertThat(claim(ledger))
        .isInstanceOfSatisfying(
            Claim.Done.class,
            done -> assertThat(done.outcome()).isInstanceOf(SendOutcome.Unknown.class));
    assertThat(claim(ledger)).isInstanceOf(Claim.Done.class);
    assertThat(claim(other)).isInstanceOf(Claim.Done.class);
    assertThat(claim(other, OTHER_MESSAGE)).isEqualTo(new Claim.Conflict());
    assertThat(link.trouble()).isEmpty();
  }

  @Test
  void claim_outcomeThatIsCutShort_isUnknown() throws Exception {
    redis.command("SET", STORED_UNDER, "D:" + MESSAGE);

    assertThat(claim(ledger)).isInstanceOf(Claim.Done.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "rubbish", "D:", "D", "P:", "P:a:b", "P:a:b:c:d"})
  void claim_whatIsNeitherClaimNorOutcome_isNeverGrantedAndBreaksNothing(String rubbish)
      throws Exception {
    redis.command("SET", STORED_UNDER, rubbish);

    assertThat(claim(ledger)).isEqualTo(new Claim.Conflict());
    assertThat(claim(ledger)).isEqualTo(new Claim.Conflict());
    Await.result(ledger.release(KEY));
    assertThat(link.trouble()).isEmpty();
    assertThat(log.ofRedis(Level.WARN)).isEmpty();
  }

  @Test
  void keys_ofAClaimAndAnOutcome_liveADayAndNameNobody() throws Exception {
    claim(ledger);
    assertThat(redis.life(STORED_UNDER)).isBetween(DAY.minus(A_MOMENT), DAY);

    letTimePass(Duration.ofHours(1));
    Await.result(ledger.store(KEY, MESSAGE, ACCEPTED));
    assertThat(redis.life(STORED_UNDER)).isBetween(DAY.minus(A_MOMENT), DAY);

    letTimePass(Duration.ofHours(1));
    claim(other);
    assertThat(redis.life(STORED_UNDER)).isLessThan(DAY.minus(Duration.ofHours(1)).plusSeconds(1));
    assertThat(redis.keys()).containsExactly(STORED_UNDER);
  }

  // What it costs

  @Test
  void claimAndStore_scriptsKnown_takeOneRoundTripEach() throws Exception {
    claim(replica(link));
    Await.result(ledger.store(KEY, MESSAGE, ACCEPTED));
    Await.result(ledger.release(new OutcomeLedger.Key("", "")));
    redis.command("FLUSHALL");
    redis.command("CONFIG", "RESETSTAT");
    OutcomeLedger fresh = replica(link);

    claim(fresh);
    assertThat(roundTrips()).isEqualTo(1);

    Await.result(fresh.store(KEY, MESSAGE, ACCEPTED));
    assertThat(roundTrips()).isEqualTo(2);

    claim(fresh);
    assertThat(roundTrips()).as("its own outcome").isEqualTo(2);

    claim(other);
    assertThat(roundTrips()).as("the outcome of another").isEqualTo(3);

    claim(other);
    assertThat(roundTrips()).as("which it knows from now on").isEqualTo(3);

    Await.result(fresh.release(new OutcomeLedger.Key("", "")));
    assertThat(roundTrips()).isEqualTo(4);
    assertThat(redis.calls("eval")).isZero();
    assertThat(redis.calls("script")).isZero();
  }

  private static long roundTrips() throws IOException {
    return redis.calls("evalsha");
  }

  @Test
  void deliver_withoutARequestId_asksRedisNothing() throws Exception {
    try (TestReplica replica = new TestReplica(ledger, links.timer())) {
      redis.command("CONFIG", "RESETSTAT");

      assertThat(replica.deliver("").outcome()).isEqualTo(new SendOutcome.Accepted("1"));

      assertThat(redis.allCalls()).as("but for the reset").isLessThanOrEqualTo(1);
      assertThat(replica.sent()).isEqualTo(1);
    }
  }

  @Test
  void deliver_repeatsOnTwoReplicas_sendOnce() throws Exception {
    try (TestReplica one = new TestReplica(ledger, links.timer());
        TestReplica two = new TestReplica(other, links.timer())) {
      assertThat(one.deliver("request").replayed()).isFalse();
      assertThat(two.deliver("request").replayed()).isTrue();
      assertThat(two.deliver("request").outcome()).isEqualTo(new SendOutcome.Accepted("1"));

      assertThat(one.sent() + two.sent()).isEqualTo(1);
    }
  }

  @Test
  void scripts_forgottenByRedis_areLoadedAgain() throws Exception {
    claim(ledger);
    redis.command("SCRIPT", "FLUSH");

    Await.result(ledger.store(KEY, MESSAGE, ACCEPTED));
    assertThat(claim(other)).isEqualTo(new Claim.Done(ACCEPTED));

    assertThat(redis.calls("eval")).isPositive();
    assertThat(log.ofRedis(Level.WARN)).isEmpty();
  }
}
