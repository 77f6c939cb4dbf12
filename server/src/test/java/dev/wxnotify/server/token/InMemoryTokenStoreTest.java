package dev.wxnotify.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.TestTokens;
import dev.wxnotify.server.token.TokenStore.Purpose;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class InMemoryTokenStoreTest extends TokenStoreContract {
  private static final Duration LIFE = Duration.ofSeconds(30);

  private final FakeClock clock = new FakeClock();
  private final InMemoryTokenStore store = new InMemoryTokenStore(clock);

  @Override
  protected TokenStore store() {
    return store;
  }

  /** Shared within a process: one object is all replicas. */
  @Override
  protected TokenStore storeOfAnotherReplica() {
    return store;
  }

  @Override
  protected Instant now() {
    return clock.instant();
  }

  @Override
  protected void letPass(Duration duration) {
    clock.advance(duration);
  }

  @Test
  void load_aroundTheEndOfTheToken_changesAtTheNanosecond() throws Exception {
    AccessToken token = TestTokens.token("value", now(), now().plus(LIFE));
    Await.result(store.save(token));

    clock.advance(LIFE.minusNanos(1));
    assertThat(Await.result(store.load())).contains(token);

    clock.advance(Duration.ofNanos(1));
    assertThat(Await.result(store.load())).isEmpty();
  }

  @Test
  void tryLease_aroundTheEndOfTheLease_changesAtTheNanosecond() throws Exception {
    assertThat(Await.result(store.tryLease(Purpose.FETCH, LIFE))).isPresent();

    clock.advance(LIFE.minusNanos(1));
    assertThat(Await.result(store.tryLease(Purpose.FETCH, LIFE))).isEmpty();

    clock.advance(Duration.ofNanos(1));
    assertThat(Await.result(store.tryLease(Purpose.FETCH, LIFE))).isPresent();
  }
}
