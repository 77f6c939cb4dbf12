package dev.wxnotify.server.grpc;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Callers whose token is their name. */
final class CallersOverGrpc {
  private CallersOverGrpc() {}

  /** Listens for these callers. */
  static UnaryOperator<GrpcServer.Settings> of(CallerSettings... callers) {
    return settings ->
        new GrpcServer.Settings(
            settings.address(), true, null, List.of(callers), false, ConnectionSettings.DEFAULT);
  }

  static CallerSettings caller(String name, @Nullable Set<String> apps) {
    return caller(name, apps, false, false);
  }

  static CallerSettings caller(
      String name, @Nullable Set<String> apps, boolean isOperator, boolean mayPush) {
    return new CallerSettings(
        name,
        List.of(CallerLimitsTest.sha256(name)),
        Set.of(),
        apps,
        null,
        null,
        isOperator,
        false,
        mayPush);
  }

  /** Returns the channel with the token of a caller. */
  static Channel as(String name, Channel channel) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + name);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }
}
