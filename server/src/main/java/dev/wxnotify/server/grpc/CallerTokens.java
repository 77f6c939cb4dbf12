package dev.wxnotify.server.grpc;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds callers by their tokens for others than gRPC, so that the same rights hold there. */
public final class CallerTokens {
  private final @Nullable Callers callers;

  /**
   * A caller as it is configured.
   *
   * @param appIds the apps that it may use; null for all
   */
  public record Known(String name, @Nullable Set<String> appIds, boolean isOperator) {}

  /** A token that belonged to a caller once. Only its hash is kept. */
  public final class Token {
    private final byte[] sha256;

    private Token(byte[] sha256) {
      this.sha256 = sha256;
    }

    /** Returns the caller that it belongs to now; null if there is none. */
    public @Nullable Known holder() {
      Caller caller = callers == null ? null : callers.now().ofTokenHash(sha256);
      return caller == null ? null : new Known(caller.name(), caller.appIds(), caller.isOperator());
    }
  }

  CallerTokens(@Nullable Callers callers) {
    this.callers = callers;
  }

  /** Tells whether calls must show credentials. */
  public boolean areRequired() {
    return callers != null;
  }

  /** Returns the token; null if it belongs to no caller. */
  public @Nullable Token find(String token) {
    Token shown = new Token(TokenHashes.sha256(token));
    return shown.holder() == null ? null : shown;
  }
}
