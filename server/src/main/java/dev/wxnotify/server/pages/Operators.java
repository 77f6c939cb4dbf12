package dev.wxnotify.server.pages;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who has the operator's right: the callers of gRPC, by their bearer tokens. */
public interface Operators {
  /** Tells whether calls over gRPC must show credentials. */
  boolean areRequired();

  /** Returns what a bearer token stands for; null if it belongs to no caller. */
  @Nullable Token find(String token);

  /** A token that belonged to a caller once; it does not hold the token itself. */
  interface Token {
    /** Returns the caller that the token belongs to now; null if there is none any more. */
    @Nullable Holder holder();
  }

  /**
   * A caller.
   *
   * @param name the operator's name for it; not empty
   * @param appIds the apps that it may use; null for all
   * @param isOperator whether it has the operator's right
   */
  record Holder(String name, @Nullable Set<String> appIds, boolean isOperator) {}
}
