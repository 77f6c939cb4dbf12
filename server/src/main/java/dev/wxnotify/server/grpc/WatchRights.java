package dev.wxnotify.server.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a watch look its caller up again, since a watch outlives changes of the callers: a caller
 * that was removed, or whose token was, must not get events for ever.
 */
final class WatchRights implements ServerInterceptor {
  private static final Context.Key<Supplier<@Nullable Caller>> KEY =
      Context.keyWithDefault("wxnotify-watcher", () -> Caller.ANONYMOUS);

  private final Authenticator authenticator;

  WatchRights(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  /**
   * Returns what tells whom the credentials of the current call belong to now: null for nobody any
   * more.
   */
  static Supplier<@Nullable Caller> ofCurrentCall() {
    return KEY.get();
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Supplier<@Nullable Caller> now = () -> authenticator.caller(call, headers);
    return Contexts.interceptCall(Context.current().withValue(KEY, now), call, headers, next);
  }
}
