package dev.wxnotify.benchmark.load;

import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The least that a gRPC server in Java costs: the service of the contract, which reads the bytes of
 * a request, does not even parse them, and answers with the same 40 bytes.
 */
public final class BareGrpcServer implements BindableService {
  private static final String MESSAGE_ID = "1988810812324364291";

  private BareGrpcServer() {}

  /** The process. */
  public static void main(String[] args) throws Exception {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(new BareGrpcServer())
            .build()
            .start();
    Worker.serve(server.getPort(), String.class, task -> task);
  }

  @Override
  public ServerServiceDefinition bindService() {
    SendSubscribeMessageResponse response =
        SendSubscribeMessageResponse.newBuilder()
            .setMessageId(MESSAGE_ID)
            .setReplayed(true)
            .build();
    return ServerServiceDefinition.builder(NotificationServiceGrpc.SERVICE_NAME)
        .addMethod(
            unread(NotificationServiceGrpc.getSendSubscribeMessageMethod()),
            ServerCalls.asyncUnaryCall(
                (request, responses) -> {
                  responses.onNext(response);
                  responses.onCompleted();
                }))
        .addMethod(
            unread(NotificationServiceGrpc.getBatchSendMethod()),
            ServerCalls.asyncBidiStreamingCall(BareStream::new))
        .build();
  }

  /** The method with requests that are left as bytes. */
  private static <R> MethodDescriptor<byte[], R> unread(MethodDescriptor<?, R> method) {
    return method.toBuilder(new Unread(), method.getResponseMarshaller()).build();
  }

  /** The index goes back with each answer, since the caller looks the item up by it. */
  private static final class BareStream implements StreamObserver<byte[]> {
    private final StreamObserver<BatchSendResponse> responses;
    private long index;

    BareStream(StreamObserver<BatchSendResponse> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(byte[] item) {
      responses.onNext(
          BatchSendResponse.newBuilder()
              .setResult(
                  BatchItemResult.newBuilder()
                      .setIndex(index++)
                      .setOutcome(Outcome.OUTCOME_ACCEPTED)
                      .setMessageId(MESSAGE_ID))
              .build());
    }

    @Override
    public void onError(Throwable cancelled) {
      // Nothing is under way.
    }

    @Override
    public void onCompleted() {
      responses.onCompleted();
    }
  }

  private static final class Unread implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      throw new UnsupportedOperationException("a server writes no requests");
    }

    @Override
    public byte[] parse(InputStream message) {
      try {
        return message.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException("memory does not fail", e);
      }
    }
  }
}
