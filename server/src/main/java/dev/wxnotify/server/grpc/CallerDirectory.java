package dev.wxnotify.server.grpc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All callers of one configuration, by their tokens and certificates. It never changes. */
final class CallerDirectory {
  private final TokenHashes tokens;

  /** The caller of the token with the same index in {@link #tokens}. */
  private final List<Caller> byToken = new ArrayList<>();

  private final Map<String, Caller> byCertificate = new HashMap<>();
  private final boolean none;

  /** A caller, and how it is configured. */
  record Entry(CallerSettings settings, Caller caller) {}

  CallerDirectory(Collection<Entry> callers) {
    List<String> hashes = new ArrayList<>();
    for (Entry each : callers) {
      Caller caller = each.caller();
      each.settings().tokenHashes().forEach(hash -> byToken.add(caller));
      hashes.addAll(each.settings().tokenHashes());
      each.settings().certificateNames().forEach(name -> byCertificate.put(name, caller));
    }
    this.tokens = new TokenHashes(hashes);
    this.none = callers.isEmpty();
  }

  /** Returns the caller that the token belongs to; null if there is none. */
  @Nullable Caller ofToken(String token) {
    return ofTokenHash(TokenHashes.sha256(token));
  }

  /** Returns the caller that the token with this SHA-256 belongs to; null if there is none. */
  @Nullable Caller ofTokenHash(byte[] sha256) {
    int place = tokens.find(sha256);
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
      return names.isEmpty() ? null : new Caller(names.get(0), null, false);
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
