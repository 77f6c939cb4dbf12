package dev.wxnotify.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rejects all callers except those that may have access tokens. */
final class TokenRight implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(TokenRight.class);

  private final boolean everybody;

  /**
   * Creates the guard.
   *
   * @param everybody whether every caller may have them: where no credentials are required, only
   *     this machine can connect, and the operator allows it
   */
  TokenRight(boolean everybody) {
    this.everybody = everybody;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Caller caller = Caller.current();
    if (everybody || caller.mayHaveTokens()) {
      return next.startCall(call, headers);
    }
    log.info(
        "{} called {} and has no right to access tokens",
        caller.described(),
        call.getMethodDescriptor().getBareMethodName());
    Statuses.close(call, SendErrors.rightMissing("tokens"));
    return new ServerCall.Listener<>() {};
  }
}
