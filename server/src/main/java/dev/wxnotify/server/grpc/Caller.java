package dev.wxnotify.server.grpc;

import io.grpc.Context;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A caller.
 *
 * @param name the scope of request ids; empty for anonymous callers
 * @param appIds the apps that it may use; null for all
 * @param isOperator whether it may call the operator's service
 * @param mayHaveTokens whether it may get the access tokens of its apps
 * @param mayPush whether it may pass on pushes of WeChat
 * @param account how much it may use of the server; all objects of one caller share it, so that
 *     changed limits hold for the next message of calls that are open too
 */
record Caller(
    String name,
    @Nullable Set<String> appIds,
    boolean isOperator,
    boolean mayHaveTokens,
    boolean mayPush,
    AtomicReference<CallerLimits> account) {

  /** A caller without credentials, where none are required. */
  static final Caller ANONYMOUS = new Caller("", null, false);

  private static final Context.Key<Caller> KEY =
      Context.keyWithDefault("wxnotify-caller", ANONYMOUS);

  /** A caller without limits and further rights. */
  Caller(String name, @Nullable Set<String> appIds, boolean isOperator) {
    this(name, appIds, isOperator, false, false, new AtomicReference<>(CallerLimits.NONE));
  }

  /** Returns the caller of the current call. */
  static Caller current() {
    return KEY.get();
  }

  /** Returns the current context with this caller in it. */
  Context inContext() {
    return Context.current().withValue(KEY, this);
  }

  /** Returns its limits now; a message is released by those that admitted it. */
  CallerLimits limits() {
    return account.get();
  }

  boolean isAnonymous() {
    return name.isEmpty();
  }

  /** Returns who it is, for the log. */
  String described() {
    return isAnonymous() ? "an anonymous caller on this machine" : name;
  }

  /** Tells whether the caller may use this app; for an unknown app, only if it may use all. */
  boolean mayUse(String appId) {
    return appIds == null || appIds.contains(appId);
  }
}
