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
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The least that a gRPC server in Java costs: the service of the contract, which reads the bytes of
 * a request, does not even parse them, and answers with a few bytes. With {@code --relay-to} it
 * posts a message by {@link BareHttp} before it answers, as the simplest relay does: the one on its
 * threads, the other on its own. With {@code --one-set-of-threads} the request is posted on the
 * thread that read it, so that no other thread is woken: the least that any server of this kind can
 * cost, with nothing that makes it one.
 */
@Command(name = "bare-grpc-server")
public final class BareGrpcServer implements BindableService, Runnable {
  private static final String MESSAGE_ID = "1988810812324364291";
  private static final SendSubscribeMessageResponse RESPONSE =
      SendSubscribeMessageResponse.newBuilder().setMessageId(MESSAGE_ID).setReplayed(true).build();
  private static final int RELAY_CONNECTIONS = 1_000;

  @Option(names = "--relay-to", description = "The port of an upstream.")
  private int relayTo;

  @Option(names = "--transport", required = true)
  private Transport transport = Transport.NIO;

  @Option(names = "--one-set-of-threads", description = "Post on the thread that read the request.")
  private boolean oneSetOfThreads;

  private Sender work = (index, answered) -> answered.answered("");

  /** The process. */
  public static void main(String[] args) {
    new CommandLine(new BareGrpcServer()).setCaseInsensitiveEnumValuesAllowed(true).execute(args);
  }

  @Override
  public void run() {
    try {
      MultiThreadIoEventLoopGroup loops = transport.loops();
      if (relayTo > 0) {
        BareHttp http =
            new BareHttp(relayTo, transport, oneSetOfThreads ? loops : transport.loops());
        http.connect(RELAY_CONNECTIONS);
        work = http;
      }
      Server server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .directExecutor()
              .bossEventLoopGroup(loops)
              .workerEventLoopGroup(loops)
              .channelType(transport.serverSocket())
              .addService(this)
              .build()
              .start();
      Worker.serve(server.getPort(), String.class, task -> task);
    } catch (Exception e) {
      throw new IllegalStateException("the bare server failed", e);
    }
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(NotificationServiceGrpc.SERVICE_NAME)
        .addMethod(
            unread(NotificationServiceGrpc.getSendSubscribeMessageMethod()),
            ServerCalls.asyncUnaryCall(
                (request, responses) ->
                    work.send(
                        0,
                        error -> {
                          responses.onNext(RESPONSE);
                          responses.onCompleted();
                        })))
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
  private final class BareStream implements StreamObserver<byte[]> {
    private final StreamObserver<BatchSendResponse> responses;
    private final AtomicLong unanswered = new AtomicLong(1); // The end of the stream is one.
    private long next;

    BareStream(StreamObserver<BatchSendResponse> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(byte[] item) {
      long index = next++;
      unanswered.incrementAndGet();
      work.send(index, error -> answer(index));
    }

    private void answer(long index) {
      BatchSendResponse response =
          BatchSendResponse.newBuilder()
              .setResult(
                  BatchItemResult.newBuilder()
                      .setIndex(index)
                      .setOutcome(Outcome.OUTCOME_ACCEPTED)
                      .setMessageId(MESSAGE_ID))
              .build();
      synchronized (this) {
        responses.onNext(response);
      }
      endOne();
    }

    private void endOne() {
      if (unanswered.decrementAndGet() == 0) {
        responses.onCompleted();
      }
    }

    @Override
    public void onError(Throwable cancelled) {
      // The caller is gone.
    }

    @Override
    public void onCompleted() {
      endOne();
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
