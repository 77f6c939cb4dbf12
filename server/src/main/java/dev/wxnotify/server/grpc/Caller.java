package dev.wxnotify.server.grpc;

import io.grpc.Context;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who calls.
 *
 * @param name the scope of request ids; empty for those who did not say who they are
 * @param appIds the apps that it may use; null for all
 * @param isOperator whether it may call the operator's service
 * @param limits what it may ask of the server
 */
record Caller(String name, @Nullable Set<String> appIds, boolean isOperator, CallerLimits limits) {

  /** A caller without credentials, where those are not asked for. */
  static final Caller ANONYMOUS = new Caller("", null, false, CallerLimits.NONE);

  private static final Context.Key<Caller> KEY =
      Context.keyWithDefault("wxnotify-caller", ANONYMOUS);

  /** Returns who makes the current call. */
  static Caller current() {
    return KEY.get();
  }

  /** Returns the current context with this caller in it. */
  Context inContext() {
    return Context.current().withValue(KEY, this);
  }

  boolean isAnonymous() {
    return name.isEmpty();
  }

  /** Tells whether the caller may use the app that it names; an unknown one only if it may all. */
  boolean mayUse(String appId) {
    return appIds == null || appIds.contains(appId);
  }
}
