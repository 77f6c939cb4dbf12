package dev.wxnotify.sandbox;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The current tokens as the inbox shows them: when they end, never what they are. */
final class InboxTokens {

  /**
   * The current token of one kind of one app.
   *
   * @param expiresAt when its life ends; null if none was issued
   * @param valid true if a send with it would be let in now
   */
  record Token(String appId, TokenKind kind, @Nullable Instant expiresAt, boolean valid) {}

  private final Tokens tokens;
  private final InstantSource clock;

  InboxTokens(Tokens tokens, InstantSource clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  /** By app id, each kind. */
  List<Token> list() {
    Instant now = clock.instant();
    List<Token> all = new ArrayList<>();
    for (String appId : new TreeSet<>(tokens.appIds())) {
      for (TokenKind kind : TokenKind.values()) {
        IssuedToken token = tokens.slot(appId, kind).current();
        all.add(
            new Token(
                appId,
                kind,
                token == null ? null : token.expiresAt(),
                token != null && token.isValid(now)));
      }
    }
    return all;
  }
}
