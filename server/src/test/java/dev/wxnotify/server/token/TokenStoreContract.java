package dev.wxnotify.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.Concurrently;
import dev.wxnotify.server.testing.TestTokens;
import dev.wxnotify.server.token.TokenStore.Lease;
import dev.wxnotify.server.token.TokenStore.Purpose;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link TokenStore} must do. Each test starts with an empty backend. Times are whole
 * milliseconds, and longer than any pause of a busy machine: nothing ends before a test lets it.
 */
public abstract class TokenStoreContract {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofSeconds(30);

  /** Certainly later than the end of an entry that lives for {@link #SHORT}. */
  private static final Duration PAST_SHORT = Duration.ofSeconds(31);

  private static final Duration POLL = Duration.ofMillis(20);

  /** Returns the store of one replica: the same one during a test. */
  protected abstract TokenStore store();

  /** Returns the store of another replica, on the same backend. */
  protected abstract TokenStore storeOfAnotherReplica();

  /** Returns the current time of the stores. */
  protected abstract Instant now();

  /** Lets time pass for what is stored, without a wait. */
  protected abstract void letPass(Duration duration) throws Exception;

  @Test
  void load_emptyStore_isEmpty() throws Exception {
    assertThat(Await.result(store().load())).isEmpty();
  }

  @Test
  void load_afterSave_isTheWholeTokenForEveryReplica() throws Exception {
    AccessToken token = token("98_-aB/+= \"{}:\\\u79d8\u5bc6", LONG);

    Await.result(store().save(token));

    assertThat(Await.result(store().load())).contains(token);
    assertThat(Await.result(storeOfAnotherReplica().load())).contains(token);
  }

  @Test
  void load_pastTheLifeOfTheToken_isEmpty() throws Exception {
    Await.result(store().save(token("short", SHORT)));

    letPass(PAST_SHORT);

    assertThat(Await.result(store().load())).isEmpty();
    assertThat(Await.result(storeOfAnotherReplica().load())).isEmpty();
  }

  @Test
  void save_newerToken_replacesTheOlder() throws Exception {
    AccessToken older = token("older", LONG);
    AccessToken newer = token("newer", LONG.plusMillis(1));
    Await.result(store().save(older));

    Await.result(storeOfAnotherReplica().save(newer));

    assertThat(Await.result(store().load())).contains(newer);
  }

  @Test
  void save_olderToken_leavesTheNewer() throws Exception {
    AccessToken older = token("older", LONG);
    AccessToken newer = token("newer", LONG.plusMillis(1));
    Await.result(store().save(newer));

    Await.result(storeOfAnotherReplica().save(older));

    assertThat(Await.result(store().load())).contains(newer);
  }

  @Test
  void save_sameTokenHandedOutAgain_isStillThere() throws Exception {
    AccessToken token = token("same", LONG);
    Await.result(store().save(token));

    Await.result(storeOfAnotherReplica().save(token));

    assertThat(Await.result(store().load())).contains(token);
  }

  @Test
  void save_afterTheLastOneExpired_isThere() throws Exception {
    Await.result(store().save(token("short", SHORT)));
    letPass(PAST_SHORT);
    AccessToken next = token("next", LONG);

    Await.result(store().save(next));

    assertThat(Await.result(store().load())).contains(next);
  }

  @Test
  void save_manyAtOnce_theNewestStays() throws Exception {
    Instant received = now().truncatedTo(ChronoUnit.MILLIS);
    List<Optional<AccessToken>> seen =
        Concurrently.run(
                16,
                thread -> {
                  AccessToken mine =
                      TestTokens.token(
                          "token-" + thread, received, received.plus(LONG).plusMillis(16 - thread));
                  TokenStore store = thread % 2 == 0 ? store() : storeOfAnotherReplica();
                  Await.result(store.save(mine));
                  return Await.result(store.load()).filter(token -> !mine.isNewerThan(token));
                })
            .resultsOfAll();

    assertThat(seen).allSatisfy(token -> assertThat(token).isPresent());
    assertThat(Await.result(store().load()).map(AccessToken::value)).contains("token-0");
  }

  @Test
  void discard_theStoredToken_removesIt() throws Exception {
    AccessToken token = token("bad", LONG);
    Await.result(store().save(token));

    Await.result(storeOfAnotherReplica().discard(token));

    assertThat(Await.result(store().load())).isEmpty();
  }

  @Test
  void discard_storedTokenAsItWasReceivedAtAnotherTime_removesIt() throws Exception {
    Await.result(store().save(token("bad", LONG)));

    Await.result(store().discard(token("bad", LONG.minusSeconds(10))));

    assertThat(Await.result(store().load())).isEmpty();
  }

  @Test
  void discard_anotherToken_changesNothing() throws Exception {
    AccessToken good = token("good", LONG);
    Await.result(store().save(good));

    Await.result(store().discard(token("bad", LONG)));

    assertThat(Await.result(store().load())).contains(good);
  }

  @Test
  void discard_emptyStore_isHarmless() throws Exception {
    Await.result(store().discard(token("bad", LONG)));

    assertThat(Await.result(store().load())).isEmpty();
  }

  @Test
  void save_olderAfterDiscardOfTheNewer_isThere() throws Exception {
    AccessToken older = token("older", LONG);
    AccessToken newer = token("newer", LONG.plusMillis(1));
    Await.result(store().save(newer));
    Await.result(store().discard(newer));

    Await.result(store().save(older));

    assertThat(Await.result(store().load())).contains(older);
  }

  @ParameterizedTest
  @EnumSource
  void tryLease_heldByAnyReplica_isEmpty(Purpose purpose) throws Exception {
    assertThat(Await.result(store().tryLease(purpose, LONG))).isPresent();

    assertThat(Await.result(store().tryLease(purpose, LONG))).isEmpty();
    assertThat(Await.result(storeOfAnotherReplica().tryLease(purpose, LONG))).isEmpty();
  }

  @Test
  void tryLease_manyAtOnce_exactlyOneGetsIt() throws Exception {
    List<Optional<Lease>> leases =
        Concurrently.run(
                16,
                thread ->
                    Await.result(
                        (thread % 2 == 0 ? store() : storeOfAnotherReplica())
                            .tryLease(Purpose.FETCH, LONG)))
            .resultsOfAll();

    assertThat(leases).filteredOn(Optional::isPresent).hasSize(1);
  }

  @Test
  void tryLease_otherPurposeHeld_isIndependent() throws Exception {
    Lease fetch = Await.result(store().tryLease(Purpose.FETCH, LONG)).orElseThrow();

    assertThat(Await.result(storeOfAnotherReplica().tryLease(Purpose.FORCE, LONG))).isPresent();
    fetch.release();

    assertThat(Await.result(store().tryLease(Purpose.FORCE, LONG))).isEmpty();
  }

  @Test
  void tryLease_afterTheHoldersTime_isFree() throws Exception {
    assertThat(Await.result(store().tryLease(Purpose.FETCH, SHORT))).isPresent();

    letPass(PAST_SHORT);

    assertThat(Await.result(storeOfAnotherReplica().tryLease(Purpose.FETCH, LONG))).isPresent();
  }

  @Test
  void tryLease_refused_doesNotLengthenTheHoldersTime() throws Exception {
    assertThat(Await.result(store().tryLease(Purpose.FETCH, SHORT))).isPresent();
    assertThat(Await.result(storeOfAnotherReplica().tryLease(Purpose.FETCH, LONG))).isEmpty();

    letPass(PAST_SHORT);

    assertThat(Await.result(storeOfAnotherReplica().tryLease(Purpose.FETCH, LONG))).isPresent();
  }

  @Test
  void release_byTheHolder_freesItForEveryReplica() throws Exception {
    Lease lease = Await.result(store().tryLease(Purpose.FETCH, LONG)).orElseThrow();

    lease.release();

    awaitLease(storeOfAnotherReplica());
  }

  @Test
  void release_afterTheLeaseWentToAnother_endsNothing() throws Exception {
    Lease late = Await.result(store().tryLease(Purpose.FETCH, SHORT)).orElseThrow();
    letPass(PAST_SHORT);
    assertThat(Await.result(storeOfAnotherReplica().tryLease(Purpose.FETCH, LONG))).isPresent();

    late.release();

    assertStaysHeld();
  }

  @Test
  void release_twice_doesNotEndTheNextLease() throws Exception {
    Lease first = Await.result(store().tryLease(Purpose.FETCH, LONG)).orElseThrow();
    first.release();
    awaitLease(store());

    first.release();

    assertStaysHeld();
  }

  /** A release may take effect after it returned, so a single check would prove nothing. */
  private void assertStaysHeld() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(Await.result(store().tryLease(Purpose.FETCH, LONG))).isEmpty();
      Thread.sleep(POLL.toMillis());
    }
  }

  /** Gets the lease before it would end by itself. */
  private static void awaitLease(TokenStore store) throws Exception {
    Await.until(
        "the lease is free", () -> Await.result(store.tryLease(Purpose.FETCH, LONG)).isPresent());
  }

  private AccessToken token(String value, Duration life) {
    Instant received = now().truncatedTo(ChronoUnit.MILLIS);
    return TestTokens.token(value, received, received.plus(life));
  }
}
