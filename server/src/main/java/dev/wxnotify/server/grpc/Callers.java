package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.Permits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** All callers, by their tokens and certificates. */
final class Callers {
  private static final int RESERVED_PART = 32;

  private final TokenHashes tokens;

  /** The caller of the token with the same index in {@link #tokens}. */
  private final List<Caller> byToken = new ArrayList<>();

  private final Map<String, Caller> byCertificate = new HashMap<>();
  private final boolean none;

  Callers(List<CallerSettings> settings, ScheduledExecutorService timer) {
    List<String> hashes = new ArrayList<>();
    for (CallerSettings each : settings) {
      Caller caller =
          new Caller(
              each.name(),
              each.appIds(),
              each.isOperator(),
              each.mayHaveTokens(),
              limits(each, timer));
      each.tokenHashes().forEach(hash -> byToken.add(caller));
      hashes.addAll(each.tokenHashes());
      each.certificateNames().forEach(name -> byCertificate.put(name, caller));
    }
    this.tokens = new TokenHashes(hashes);
    this.none = settings.isEmpty();
  }

  private static CallerLimits limits(CallerSettings settings, ScheduledExecutorService timer) {
    Integer most = settings.maxInFlight();
    Integer perSecond = settings.maxPerSecond();
    return new CallerLimits(
        most == null ? null : new Permits(most, Math.min(most - 1, 1 + most / RESERVED_PART)),
        perSecond == null ? null : new RateLimit(perSecond, System::nanoTime, timer));
  }

  /** Returns the caller that the token belongs to; null if there is none. */
  @Nullable Caller ofToken(String token) {
    int place = tokens.find(token);
    return place == TokenHashes.NONE ? null : byToken.get(place);
  }

  /**
   * Returns the caller that the certificate belongs to; null if there is none. Where no callers are
   * configured, every client with a certificate is a caller, with the certificate's first name. A
   * certificate with the names of two callers belongs to neither.
   *
   * @param names all names of a certificate that the CA signed
   */
  @Nullable Caller ofCertificate(List<String> names) {
    if (none) {
      return names.isEmpty()
          ? null
          : new Caller(names.get(0), null, false, false, CallerLimits.NONE);
    }
    Set<Caller> found = new HashSet<>();
    for (String name : names) {
      Caller caller = byCertificate.get(name);
      if (caller != null) {
        found.add(caller);
      }
    }
    return found.size() == 1 ? found.iterator().next() : null;
  }
}
