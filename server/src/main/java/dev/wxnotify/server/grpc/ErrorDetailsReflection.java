package dev.wxnotify.server.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.rpc.ErrorDetailsProto;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.FileDescriptorResponse;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;

/**
 * Adds {@code google/rpc/error_details.proto} to reflection, so that tools show the details of
 * errors in readable form. Details are sent as {@code Any}, and the contract does not import that
 * file, so that reflection by itself does not find it.
 */
final class ErrorDetailsReflection implements ServerInterceptor {
  /** Adds reflection, in both versions: current tools know one or the other. */
  @SuppressWarnings("deprecation")
  static void addTo(ServerBuilder<?> builder) {
    builder
        .addService(
            ServerInterceptors.intercept(
                ProtoReflectionServiceV1.newInstance(), new ErrorDetailsReflection()))
        .addService(io.grpc.protobuf.services.ProtoReflectionService.newInstance());
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          @SuppressWarnings("unchecked") // A reflection response has this type, and R is that type.
          public void sendMessage(R answer) {
            super.sendMessage(
                answer instanceof ServerReflectionResponse response && isNotFound(response)
                    ? (R) withFile(response)
                    : answer);
          }
        },
        headers);
  }

  /** Loaded on demand and not kept: loading it takes 6 % of the server's start. */
  private static FileDescriptor file() {
    return ErrorDetailsProto.getDescriptor();
  }

  private static boolean isNotFound(ServerReflectionResponse response) {
    ServerReflectionRequest request = response.getOriginalRequest();
    return response.hasErrorResponse()
        && (request.getFileByFilename().equals(file().getFullName())
            || declares(request.getFileContainingSymbol()));
  }

  /** Nested messages count: {@code google.rpc.BadRequest.FieldViolation}. */
  private static boolean declares(String symbol) {
    String prefix = file().getPackage() + ".";
    if (!symbol.startsWith(prefix)) {
      return false;
    }
    String[] names = symbol.substring(prefix.length()).split("\\.", -1);
    Descriptor found = file().findMessageTypeByName(names[0]);
    for (int i = 1; i < names.length && found != null; i++) {
      found = found.findNestedTypeByName(names[i]);
    }
    return found != null;
  }

  private static ServerReflectionResponse withFile(ServerReflectionResponse response) {
    FileDescriptorResponse.Builder files =
        FileDescriptorResponse.newBuilder().addFileDescriptorProto(file().toProto().toByteString());
    for (FileDescriptor dependency : file().getDependencies()) {
      files.addFileDescriptorProto(dependency.toProto().toByteString());
    }
    return response.toBuilder().setFileDescriptorResponse(files).build();
  }
}
