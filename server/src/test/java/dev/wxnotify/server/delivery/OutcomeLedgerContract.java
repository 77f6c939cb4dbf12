package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.OutcomeLedger.Claim;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.Concurrently;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of every ledger. It holds across instances that share a backend. */
public abstract class OutcomeLedgerContract {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private static final OutcomeLedger.Key KEY = new OutcomeLedger.Key("caller", "request-1");
  private static final String MESSAGE = "0123456789abcdef0123456789abcdef";
  private static final String OTHER_MESSAGE = "fedcba9876543210fedcba9876543210";
  private static final SendOutcome ACCEPTED = new SendOutcome.Accepted("1988810812324364291");
  private static final int THREADS = 64;

  /** Returns the ledger under test, empty at the beginning of each test. */
  protected abstract OutcomeLedger ledger();

  /**
   * Returns another instance on the backend of {@link #ledger}; the same one if the ledger shares
   * nothing.
   */
  protected abstract OutcomeLedger otherInstance();

  /** Makes the ledger's entries older by {@code time}. */
  protected abstract void letTimePass(Duration time);

  private static Claim claim(OutcomeLedger ledger, OutcomeLedger.Key key, String fingerprint)
      throws Exception {
    return Await.result(ledger.claim(key, fingerprint, LONGEST));
  }

  private void claimAndStore(OutcomeLedger.Key key, SendOutcome outcome) throws Exception {
    assertThat(claim(ledger(), key, MESSAGE)).isInstanceOf(Claim.Granted.class);
    Await.result(ledger().store(key, MESSAGE, outcome));
  }

  private static Stream<SendOutcome> outcomes() {
    WeChatError error =
        new WeChatError(47003, "argument invalid! data.thing1.value \"無效\"\n😀", "6a-b-c");
    List<Violation> violations =
        List.of(
            new Violation("data[\"thing1\"]", "WeChat refuses it"),
            new Violation("data[\"time2\"]", ""));
    return Stream.of(
            Stream.of(
                new SendOutcome.Accepted("1988810812324364291"),
                new SendOutcome.Accepted(""),
                new SendOutcome.Unknown(Unknown.Reason.DEADLINE, "the deadline expired"),
                new SendOutcome.Unknown(Unknown.Reason.NO_ANSWER, ""),
                new SendOutcome.Rejected(
                    Rejected.Reason.INVALID_TEMPLATE_DATA, error, violations, Duration.ofNanos(1)),
                new SendOutcome.NotSent(NotSent.Reason.OVERLOADED, "too much"),
                new SendOutcome.NotSent(
                    NotSent.Reason.WECHAT_CREDENTIALS, "no", error, Duration.ofDays(1))),
            Stream.of(Rejected.Reason.values())
                .flatMap(
                    reason ->
                        Stream.of(
                            new SendOutcome.Rejected(reason, null),
                            new SendOutcome.Rejected(reason, new WeChatError(-1, "", "")))))
        .flatMap(kinds -> kinds);
  }

  @Test
  void claim_newKey_isGranted() throws Exception {
    assertThat(claim(ledger(), KEY, MESSAGE)).isEqualTo(new Claim.Granted());
  }

  @Test
  void claim_sameMessageUnderWay_isInProgress() throws Exception {
    claim(ledger(), KEY, MESSAGE);

    assertThat(claim(ledger(), KEY, MESSAGE)).isEqualTo(new Claim.InProgress());
    assertThat(claim(otherInstance(), KEY, MESSAGE)).isEqualTo(new Claim.InProgress());
  }

  @Test
  void claim_otherMessageUnderWay_isConflict() throws Exception {
    claim(ledger(), KEY, MESSAGE);

    assertThat(claim(ledger(), KEY, OTHER_MESSAGE)).isEqualTo(new Claim.Conflict());
    assertThat(claim(otherInstance(), KEY, OTHER_MESSAGE)).isEqualTo(new Claim.Conflict());
    assertThat(claim(ledger(), KEY, MESSAGE)).isEqualTo(new Claim.InProgress());
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void claim_sameMessageDone_isItsOutcomeUnchanged(SendOutcome outcome) throws Exception {
    claimAndStore(KEY, outcome);

    assertThat(claim(ledger(), KEY, MESSAGE)).isEqualTo(new Claim.Done(outcome));
    assertThat(claim(otherInstance(), KEY, MESSAGE)).isEqualTo(new Claim.Done(outcome));
  }

  @Test
  void claim_done_staysDoneHoweverOftenItIsAsked() throws Exception {
    claimAndStore(KEY, ACCEPTED);

    for (int i = 0; i < 3; i++) {
      assertThat(claim(ledger(), KEY, MESSAGE)).isEqualTo(new Claim.Done(ACCEPTED));
      assertThat(claim(ledger(), KEY, OTHER_MESSAGE)).isEqualTo(new Claim.Conflict());
    }
  }

  @Test
  void claim_otherMessageDone_isConflict() throws Exception {
    claimAndStore(KEY, ACCEPTED);

    assertThat(claim(ledger(), KEY, OTHER_MESSAGE)).isEqualTo(new Claim.Conflict());
    assertThat(claim(otherInstance(), KEY, OTHER_MESSAGE)).isEqualTo(new Claim.Conflict());
  }

  @Test
  void claim_released_isGrantedToAnyMessage() throws Exception {
    claim(ledger(), KEY, MESSAGE);
    Await.result(ledger().release(KEY));

    assertThat(claim(otherInstance(), KEY, OTHER_MESSAGE)).isEqualTo(new Claim.Granted());
  }

  @Test
  void claim_keysThatLookAlike_areIndependent() throws Exception {
    List<OutcomeLedger.Key> keys =
        List.of(
            new OutcomeLedger.Key("", "ab"),
            new OutcomeLedger.Key("a", "b"),
            new OutcomeLedger.Key("ab", ""),
            new OutcomeLedger.Key("a:b", "c"),
            new OutcomeLedger.Key("a", "b:c"),
            new OutcomeLedger.Key("A", "b"),
            new OutcomeLedger.Key("a", "b "),
            new OutcomeLedger.Key("a", "b\n"),
            new OutcomeLedger.Key("a", "{b}"),
            new OutcomeLedger.Key("a/b", "c"),
            new OutcomeLedger.Key("a", "b/c"));

    for (OutcomeLedger.Key key : keys) {
      assertThat(claim(ledger(), key, MESSAGE)).as("%s", key).isEqualTo(new Claim.Granted());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "订单-1", "😀", "a b\tc\r\n", "*?[a-z]", "\u0000", "\"'\\"})
  void store_anyRequestId_isFoundAgain(String requestId) throws Exception {
    OutcomeLedger.Key key = new OutcomeLedger.Key("调用者", requestId);
    claimAndStore(key, ACCEPTED);

    assertThat(claim(otherInstance(), key, MESSAGE)).isEqualTo(new Claim.Done(ACCEPTED));
  }

  @Test
  void store_justBelowADay_isRemembered() throws Exception {
    claimAndStore(KEY, ACCEPTED);
    letTimePass(Duration.ofHours(24).minusSeconds(10));

    assertThat(claim(ledger(), KEY, MESSAGE)).isEqualTo(new Claim.Done(ACCEPTED));
  }

  @Test
  void store_aDayAgo_isForgotten() throws Exception {
    claimAndStore(KEY, ACCEPTED);
    letTimePass(Duration.ofHours(24).plusSeconds(1));

    assertThat(claim(ledger(), KEY, OTHER_MESSAGE)).isEqualTo(new Claim.Granted());
  }

  @Test
  void store_askedForMeanwhile_isForgottenAfterADayAllTheSame() throws Exception {
    claimAndStore(KEY, ACCEPTED);
    letTimePass(Duration.ofHours(23));
    claim(ledger(), KEY, MESSAGE);
    letTimePass(Duration.ofHours(1).plusSeconds(1));

    assertThat(claim(ledger(), KEY, MESSAGE)).isEqualTo(new Claim.Granted());
  }

  @Test
  void claim_manyAtOnce_oneIsGranted() throws Exception {
    for (int round = 0; round < 10; round++) {
      OutcomeLedger.Key key = new OutcomeLedger.Key("caller", "round-" + round);

      List<Claim> claims =
          Concurrently.run(
                  THREADS,
                  thread -> claim(thread % 2 == 0 ? ledger() : otherInstance(), key, MESSAGE))
              .resultsOfAll();

      assertThat(claims).filteredOn(Claim.Granted.class::isInstance).hasSize(1);
      assertThat(claims).filteredOn(Claim.InProgress.class::isInstance).hasSize(THREADS - 1);
    }
  }

  @Test
  void claim_whileItIsStored_isNeverGrantedTwice() throws Exception {
    for (int round = 0; round < 100; round++) {
      OutcomeLedger.Key key = new OutcomeLedger.Key("caller", "round-" + round);
      claim(ledger(), key, MESSAGE);

      List<Claim> claims =
          Concurrently.run(
                  8,
                  thread -> {
                    if (thread == 0) {
                      Await.result(ledger().store(key, MESSAGE, ACCEPTED));
                    }
                    return claim(thread % 2 == 0 ? ledger() : otherInstance(), key, MESSAGE);
                  })
              .resultsOfAll();

      assertThat(claims).isSubsetOf(new Claim.InProgress(), new Claim.Done(ACCEPTED));
    }
  }
}
