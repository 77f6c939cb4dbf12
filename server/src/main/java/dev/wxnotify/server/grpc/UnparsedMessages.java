package dev.wxnotify.server.grpc;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.io.InputStream;

/**
 * Leaves the messages of a service as received, so that they are parsed inside the interceptors.
 * gRPC itself parses before them, and answers what it cannot parse with UNKNOWN and no details.
 * Nothing is copied.
 */
final class UnparsedMessages implements Marshaller<InputStream> {

  static final UnparsedMessages MARSHALLER = new UnparsedMessages();

  private UnparsedMessages() {}

  /** Returns {@code service} with messages that are parsed inside its interceptors. */
  static ServerServiceDefinition of(BindableService service) {
    return ServerInterceptors.useMarshalledMessages(service.bindService(), MARSHALLER);
  }

  @Override
  public InputStream stream(InputStream message) {
    return message;
  }

  @Override
  public InputStream parse(InputStream message) {
    return message;
  }
}
