package dev.wxnotify.server.config;

import dev.wxnotify.server.grpc.CallerSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the callers, and checks that no two of them share what they are recognized by. */
final class CallerReader {
  private static final List<String> ALL_APPS = List.of("*");

  private final Reading reading;
  private final Map<String, String> appIds;
  private final Map<String, String> namesByHash = new HashMap<>();
  private final Map<String, String> namesByCertificate = new HashMap<>();

  /**
   * Creates a reader.
   *
   * @param appIds the AppID of each app, by the operator's name of it
   */
  CallerReader(Reading reading, Map<String, String> appIds) {
    this.reading = reading;
    this.appIds = appIds;
  }

  List<CallerSettings> read() {
    return reading.each(CallerKeys.ALL).stream().map(this::read).toList();
  }

  private CallerSettings read(Reading caller) {
    if (!caller.name().matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")) {
      caller.mistake(
          CallerKeys.ONE, "is not a name of a caller (expected: at most 64 of A-Z a-z 0-9 _ . -)");
    }
    if (!caller.has(CallerKeys.TOKEN_SHA256) && !caller.has(CallerKeys.CERTIFICATE_NAMES)) {
      caller.mistake(CallerKeys.ONE, "expected: token-sha256 or certificate-names, or both");
    }
    return new CallerSettings(
        caller.name(),
        tokenHashes(caller),
        certificateNames(caller),
        apps(caller),
        caller.find(CallerKeys.MAX_IN_FLIGHT).orElse(null),
        caller.find(CallerKeys.MAX_PER_SECOND).orElse(null),
        caller.get(CallerKeys.OPERATOR),
        caller.get(CallerKeys.TOKENS),
        caller.get(CallerKeys.PUSH));
  }

  private List<String> tokenHashes(Reading caller) {
    List<String> hashes = new ArrayList<>();
    for (String hash : caller.find(CallerKeys.TOKEN_SHA256).orElse(List.of())) {
      String other = namesByHash.putIfAbsent(hash, caller.name());
      if (other == null) {
        hashes.add(hash);
      } else {
        caller.mistake(CallerKeys.TOKEN_SHA256, "is there twice, here or for " + other);
      }
    }
    return hashes;
  }

  private Set<String> certificateNames(Reading caller) {
    if (caller.has(CallerKeys.CERTIFICATE_NAMES) && !reading.has(TlsKeys.CLIENT_CA)) {
      caller.mistake(CallerKeys.CERTIFICATE_NAMES, "needs " + TlsKeys.CLIENT_CA.name());
    }
    Set<String> names = new LinkedHashSet<>();
    for (String name : caller.find(CallerKeys.CERTIFICATE_NAMES).orElse(List.of())) {
      String other = namesByCertificate.putIfAbsent(name, caller.name());
      if (other == null) {
        names.add(name);
      } else {
        caller.mistake(CallerKeys.CERTIFICATE_NAMES, "a name is there twice, here or for " + other);
      }
    }
    return names;
  }

  /** Returns the AppIDs; null for all apps. */
  private @Nullable Set<String> apps(Reading caller) {
    List<String> names = caller.get(CallerKeys.APPS);
    if (names.equals(ALL_APPS)) {
      return null;
    }
    Set<String> ids = new HashSet<>();
    for (String name : names) {
      String id = appIds.get(name);
      if (id == null) {
        caller.mistake(
            CallerKeys.APPS, "expected: each the NAME of a " + AppKeys.ONE + ", or * for all");
      } else {
        ids.add(id);
      }
    }
    return ids;
  }
}
