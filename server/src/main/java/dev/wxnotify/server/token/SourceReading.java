package dev.wxnotify.server.token;

import dev.wxnotify.server.token.TokenReader.Found;
import dev.wxnotify.server.token.TokenReader.NotFound;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews a token that another system obtains: reads it again. Whatever the source has now counts,
 * since its owner decides: a token that ends earlier than the last one may well be the newer one.
 * WeChat's token endpoints are never asked, so that no token calls are spent.
 *
 * <p>A source may go on offering the token that WeChat has just refused, until its owner notices.
 * That token is tried on, since WeChat's refusal may have been a hiccup, and the source is watched
 * for another one: soon at first, then less and less often.
 *
 * <p>The cache runs one reading at a time; so nothing here needs a lock.
 */
final class SourceReading implements Renewal {
  private static final Duration FIRST_LOOK = Duration.ofSeconds(1);
  private static final Duration LONGEST_LOOK = Duration.ofMinutes(1);

  /**
   * Lives are counted from moments of asking, and in whole seconds; the same end may seem to move.
   */
  private static final Duration BLUR = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(SourceReading.class);

  private final String appId;
  private final TokenSource source;
  private final TokenReader reader;
  private final int callsPerHour;
  private final InstantSource clock;
  private final TokenListener listener;

  private volatile @Nullable AccessToken last;
  private volatile @Nullable AccessToken doubted;
  private volatile Duration nextLook = FIRST_LOOK;

  /**
   * Reads the token of one app.
   *
   * @param callsPerHour the budget of token calls, of which nothing is spent
   * @param listener hears what is read; it never throws
   */
  SourceReading(
      String appId,
      TokenSource source,
      TokenReader reader,
      int callsPerHour,
      InstantSource clock,
      TokenListener listener) {
    this.appId = appId;
    this.source = source;
    this.reader = reader;
    this.callsPerHour = callsPerHour;
    this.clock = clock;
    this.listener = listener;
  }

  @Override
  public CompletableFuture<Result> run(
      @Nullable AccessToken rejected, Predicate<AccessToken> goodEnough) {
    // Started inside a stage, so that a reader that throws cannot leave the cache waiting for ever.
    return CompletableFuture.completedFuture(clock.instant())
        .thenCompose(asked -> reader.read().thenApply(reading -> result(reading, asked, rejected)));
  }

  private Result result(
      TokenReader.Reading reading, Instant asked, @Nullable AccessToken rejected) {
    listener.read(appId, reading instanceof Found);
    if (reading instanceof NotFound none) {
      return Result.of(none.why());
    }
    Found found = (Found) reading;
    AccessToken token = known(found, asked);
    last = token;
    Instant again = asked.plus(pauseFor(token, found, rejected));
    Instant end = asked.plus(found.life()).plus(found.grace());
    return Result.read(token, new TokenPolicy.Lifetime(again.isBefore(end) ? again : end, end));
  }

  /**
   * Returns the same object for the same token: whoever has prepared something for it (a request's
   * first bytes, a future) keeps that.
   */
  private AccessToken known(Found found, Instant asked) {
    AccessToken before = last;
    Instant end = asked.plus(found.life());
    boolean isSame =
        before != null
            && before.value().equals(found.value())
            && Duration.between(before.expiresAt(), end).abs().compareTo(BLUR) < 0;
    return before != null && isSame
        ? before
        : new AccessToken(found.value(), asked, end, appId, source);
  }

  private Duration pauseFor(AccessToken token, Found found, @Nullable AccessToken rejected) {
    if (rejected == null || !token.isSameAs(rejected)) {
      doubted = null;
      return found.again();
    }
    AccessToken before = doubted;
    if (before == null || !before.isSameAs(token)) {
      nextLook = FIRST_LOOK;
      log.warn(
          "app {}: its token's source ({}) still has the token that WeChat rejected;"
              + " looking for another one",
          appId,
          source.name().toLowerCase(Locale.ROOT));
    }
    doubted = token;
    Duration look = nextLook;
    Duration longer = look.multipliedBy(2);
    nextLook = longer.compareTo(LONGEST_LOOK) < 0 ? longer : LONGEST_LOOK;
    return look.compareTo(found.again()) < 0 ? look : found.again();
  }

  @Override
  public int callsLeft() {
    return callsPerHour;
  }
}
