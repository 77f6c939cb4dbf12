package dev.wxnotify.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Rejects all callers except operators. */
final class OperatorsOnly implements ServerInterceptor {
  private final boolean everybody;

  /**
   * Creates the guard.
   *
   * @param everybody whether every caller is an operator: where no credentials are required, and
   *     only this machine can connect
   */
  OperatorsOnly(boolean everybody) {
    this.everybody = everybody;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (everybody || Caller.current().isOperator()) {
      return next.startCall(call, headers);
    }
    Statuses.close(call, SendErrors.notAnOperator());
    return new ServerCall.Listener<>() {};
  }
}
