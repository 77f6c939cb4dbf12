package dev.wxnotify.sandbox;

import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** All tokens of all apps: two independent slots per app, and the app of each token. */
final class Tokens {

  static final String PARAMETER = "access_token";

  /** Older tokens are forgotten, and then count as never issued. */
  private static final int REMEMBERED = 10_000;

  private final TokenRules rules;
  private final InstantSource clock;
  private final InboxLog log;
  private final TokenMint mint = new TokenMint();
  private final Map<String, Map<TokenKind, TokenSlot>> slots = new HashMap<>();
  private final Map<String, IssuedToken> issued = new ConcurrentHashMap<>();
  private final Queue<String> order = new ConcurrentLinkedQueue<>();
  private final AtomicInteger remembered = new AtomicInteger();

  Tokens(Set<String> appIds, TokenRules rules, InstantSource clock, InboxLog log) {
    this.rules = rules;
    this.clock = clock;
    this.log = log;
    for (String appId : appIds) {
      Map<TokenKind, TokenSlot> kinds = new EnumMap<>(TokenKind.class);
      for (TokenKind kind : TokenKind.values()) {
        kinds.put(kind, new TokenSlot(rules, now -> issue(appId, kind, now)));
      }
      slots.put(appId, kinds);
    }
  }

  /** The slot of an app that exists. */
  TokenSlot slot(String appId, TokenKind kind) {
    Map<TokenKind, TokenSlot> kinds = slots.get(appId);
    TokenSlot slot = kinds == null ? null : kinds.get(kind);
    if (slot == null) {
      throw new IllegalArgumentException("app_id: " + appId + " (expected: " + appIds() + ")");
    }
    return slot;
  }

  Set<String> appIds() {
    return slots.keySet();
  }

  /** The app of the token, if the token is valid now. */
  String appOf(Call call) throws Refused {
    String value = call.parameter(PARAMETER);
    if (value == null || value.isEmpty()) {
      throw new Refused(ErrorTexts.TOKEN_MISSING);
    }
    IssuedToken token = issued.get(value);
    if (token == null) {
      throw new Refused(rules.unknownToken());
    }
    token.check(clock.instant());
    return token.appId();
  }

  /** The app that the token was issued to, valid or not; null for a token of nobody's. */
  @Nullable String ownerOf(Call call) {
    IssuedToken token = issued.get(String.valueOf(call.parameter(PARAMETER)));
    return token == null ? null : token.appId();
  }

  /** Ends the current token of one kind, or of both. Returns how many it ended. */
  int revoke(String appId, @Nullable TokenKind kind, RevokeMode mode) {
    int revoked = 0;
    for (TokenKind each : TokenKind.values()) {
      if ((kind == null || kind == each) && slot(appId, each).revoke(mode, clock.instant())) {
        revoked++;
        log.add(
            (number, time) ->
                new InboxEvent.TokenChanged(
                    number, time, appId, ControlFields.lower(each), ControlFields.lower(mode)));
      }
    }
    return revoked;
  }

  void forgetForced() {
    slots.values().forEach(kinds -> kinds.values().forEach(TokenSlot::forgetForced));
  }

  private IssuedToken issue(String appId, TokenKind kind, Instant now) {
    IssuedToken token = new IssuedToken(mint.next(), appId, now.plus(rules.ttl()));
    issued.put(token.value(), token);
    order.add(token.value());
    log.add(
        (number, time) ->
            new InboxEvent.TokenChanged(
                number, time, appId, ControlFields.lower(kind), InboxEvent.TokenChanged.ISSUED));
    if (remembered.incrementAndGet() > REMEMBERED) {
      String oldest = order.poll();
      if (oldest != null) {
        issued.remove(oldest);
        remembered.decrementAndGet();
      }
    }
    return token;
  }
}
