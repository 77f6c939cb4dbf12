package dev.wxnotify.server.grpc;

import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers calls of methods that this server does not have, with the details that every error has;
 * gRPC itself gives none. Such calls pass the interceptors as all others do, so that a client
 * without credentials gets the same answer as for any method.
 */
final class UnknownMethods extends HandlerRegistry {
  /**
   * One name for all of them, since calls are counted by it: a caller must not be able to create
   * series.
   */
  private static final String NAME = MethodDescriptor.generateFullMethodName("unknown", "unknown");

  private static final MethodDescriptor<InputStream, InputStream> METHOD =
      MethodDescriptor.newBuilder(UnparsedMessages.MARSHALLER, UnparsedMessages.MARSHALLER)
          .setType(MethodType.UNKNOWN)
          .setFullMethodName(NAME)
          .build();

  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String called, @Nullable String authority) {
    return ServerMethodDefinition.create(METHOD, (call, headers) -> refuse(call, called));
  }

  private static <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call, String called) {
    Statuses.close(call, SendErrors.unknownMethod(called));
    FrameGuard.sawRefusal(call);
    return new ServerCall.Listener<>() {};
  }
}
