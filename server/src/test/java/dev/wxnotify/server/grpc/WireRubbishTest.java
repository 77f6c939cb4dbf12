package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.wxnotify.server.grpc.HeldGateway.Attempt;
import dev.wxnotify.server.grpc.HeldGateway.Until;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Any input on the wire gets a clear answer, and the server continues to serve. */
class WireRubbishTest {
  private static final int LIMIT = 256 * 1024;
  private static final int SEED = 20_261_124;

  private final HeldGateway gateway = new HeldGateway();

  @RegisterExtension final GrpcServerExtension server = new GrpcServerExtension(gateway);

  @AfterEach
  void serverGoesOnServing() {
    gateway.go(Until.ANSWERED);

    assertThat(server.blocking().sendSubscribeMessage(Requests.single("afterwards")).getMessageId())
        .isEqualTo(HeldGateway.idOf("afterwards"));
  }

  static Stream<Arguments> otherProtocols() {
    byte[] random = new byte[100_000];
    new Random(SEED).nextBytes(random);
    return Stream.of(
        Arguments.argumentSet(
            "HTTP/1.1",
            (Object)
                "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
        Arguments.argumentSet("random bytes", (Object) random),
        Arguments.argumentSet("zeros", (Object) new byte[1_000]),
        Arguments.argumentSet(
            "a TLS hello",
            (Object) HexFormat.of().parseHex("16030100a5010000a10303" + "5a".repeat(160))),
        Arguments.argumentSet(
            "the preface of HTTP/2, then rubbish",
            (Object)
                ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "rubbish".repeat(100))
                    .getBytes(StandardCharsets.US_ASCII)));
  }

  @ParameterizedTest
  @MethodSource("otherProtocols")
  void connection_speaksSomethingElse_isClosed(byte[] rubbish) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout((int) Await.LONGEST.toMillis());
      assertThat(isClosedAfter(socket, rubbish)).isTrue();
    }
  }

  private static boolean isClosedAfter(Socket socket, byte[] rubbish) throws IOException {
    try {
      socket.getOutputStream().write(rubbish);
      InputStream answers = socket.getInputStream();
      while (answers.read() >= 0) {
        // The contract does not cover the answer to a foreign client.
      }
      return true;
    } catch (SocketException reset) {
      return true;
    }
  }

  static Stream<Arguments> bodies() {
    ByteString whole = Requests.single("o").toByteString();
    ByteString cut = whole.substring(0, whole.size() - 1);
    byte[] requestIdOfNoUtf8 = {0x12, 2, (byte) 0xc3, 0x28};
    return Stream.of(
        Arguments.argumentSet("text", (Object) "{\"message\":{}}".getBytes(StandardCharsets.UTF_8)),
        Arguments.argumentSet("cut off", (Object) cut.toByteArray()),
        Arguments.argumentSet("a tag of zero", (Object) new byte[] {0, 0, 0}),
        Arguments.argumentSet(
            "invalid UTF-8",
            (Object) whole.concat(ByteString.copyFrom(requestIdOfNoUtf8)).toByteArray()));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void unary_bodyIsNoRequest_isAnInvalidRequest(byte[] body) {
    assertThatCall(() -> sendRaw(body))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .says("wxnotify.v1.NotificationService/SendSubscribeMessage")
        .says("cannot be parsed")
        .namesFields();
    assertThat(gateway.attempts()).isEmpty();
  }

  /** An item that cannot be read ends the stream: the caller's intent is unknown. */
  @ParameterizedTest
  @MethodSource("bodies")
  void batch_itemIsNoRequest_endsTheStreamAndStopsWhatIsNotWritten(byte[] body) throws Exception {
    gateway.go(Until.CALLED);
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    StreamObserver<byte[]> items = streamRaw(ended);
    items.onNext(Requests.item("held").toByteArray());
    Attempt attempt = gateway.awaitAttempts(1).get(0);

    items.onNext(body);

    assertThatStatus(errorOf(ended))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_UNKNOWN);
    assertThat(attempt.write()).isFalse();
    assertThat(server.inFlight()).isZero();
  }

  @Test
  void unary_largestRequest_isRead() {
    SendSubscribeMessageRequest.Builder request = Requests.single("o").toBuilder();
    int others = request.setRequestId("r".repeat(LIMIT / 2)).build().getSerializedSize();
    request.setRequestId("r".repeat(LIMIT / 2 + LIMIT - others));
    assertThat(request.build().getSerializedSize()).isEqualTo(LIMIT);

    assertThatCall(() -> server.blocking().sendSubscribeMessage(request.build()))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields("request_id");
  }

  static Stream<Arguments> tooLarge() {
    return Stream.of(
        Arguments.argumentSet("one byte more", LIMIT + 1),
        Arguments.argumentSet("10 MB", 10 * 1024 * 1024));
  }

  @ParameterizedTest
  @MethodSource("tooLarge")
  void unary_tooLarge_namesTheLimit(int size) {
    StatusRuntimeException error =
        catchThrowableOfType(StatusRuntimeException.class, () -> sendRaw(new byte[size]));

    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(error.getStatus().getDescription()).contains(Integer.toString(LIMIT));
  }

  /** Small on the wire, and beyond the limit after decompression. */
  @ParameterizedTest
  @MethodSource("tooLarge")
  void unary_tooLargeWhenUnpacked_isAnInvalidRequest(int size) {
    byte[] zeros = new byte[size]; // The bytes of a request_id, so that they are read to the end.
    ByteString body = ByteString.copyFrom(new byte[] {0x12, (byte) 0x80, (byte) 0x80, 0x7f});

    assertThatCall(
            () ->
                ClientCalls.blockingUnaryCall(
                    plainChannel(),
                    raw(NotificationServiceGrpc.getSendSubscribeMessageMethod()),
                    CallOptions.DEFAULT.withCompression("gzip"),
                    body.concat(ByteString.copyFrom(zeros)).toByteArray()))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .says("more than " + LIMIT + " bytes");
    assertThat(gateway.attempts()).isEmpty();
  }

  static Stream<Arguments> noGzip() {
    byte[] gzip = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 3};
    return Stream.of(
        Arguments.argumentSet("text", (Object) "no gzip".getBytes(StandardCharsets.UTF_8)),
        Arguments.argumentSet("a beginning without an end", (Object) gzip));
  }

  /** It is declared as compressed, but is not, or not completely. */
  @ParameterizedTest
  @MethodSource("noGzip")
  void unary_thatCannotBeUnpacked_isAnInvalidRequest(byte[] body) {
    ManagedChannel channel = server.newChannelThatPretendsToCompress();
    CallOptions gzip = CallOptions.DEFAULT.withCompression("gzip");

    assertThatCall(
            () ->
                ClientCalls.blockingUnaryCall(
                    channel,
                    raw(NotificationServiceGrpc.getSendSubscribeMessageMethod()),
                    gzip,
                    body))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED);
    assertThat(gateway.attempts()).isEmpty();
    assertThatCall(
            () ->
                ClientCalls.blockingUnaryCall(
                    channel, raw(HealthGrpc.getCheckMethod()), gzip, body))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED);
  }

  /** Nobody knows how far the stream was read, so no item may be called unsent. */
  @ParameterizedTest
  @MethodSource("noGzip")
  void batch_itemThatCannotBeUnpacked_endsTheStreamWithDetails(byte[] body) {
    ManagedChannel channel = server.newChannelThatPretendsToCompress();

    assertThatCall(
            () ->
                ClientCalls.blockingServerStreamingCall(
                        channel,
                        raw(NotificationServiceGrpc.getBatchSendMethod()),
                        CallOptions.DEFAULT.withCompression("gzip"),
                        body)
                    .forEachRemaining(result -> {}))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_UNKNOWN);
    assertThat(gateway.attempts()).isEmpty();
  }

  static Stream<String> unknownMethods() {
    return Stream.of(
        "wxnotify.v1.NotificationService/Nothing",
        "wxnotify.v2.NotificationService/SendSubscribeMessage",
        "grpc.health.v1.Health/Nothing",
        "x".repeat(3_000) + "/" + "é".repeat(100));
  }

  @ParameterizedTest
  @MethodSource("unknownMethods")
  void method_unknown_saysSoWithDetails(String name) {
    for (MethodDescriptor.MethodType type :
        List.of(MethodDescriptor.MethodType.UNARY, MethodDescriptor.MethodType.BIDI_STREAMING)) {
      MethodDescriptor<byte[], byte[]> method =
          raw(NotificationServiceGrpc.getSendSubscribeMessageMethod()).toBuilder()
              .setFullMethodName(name)
              .setType(type)
              .build();

      assertThatCall(
              () ->
                  ClientCalls.blockingUnaryCall(
                      plainChannel(), method, CallOptions.DEFAULT, new byte[] {1, 2, 3}))
          .isError(Status.Code.UNIMPLEMENTED, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_NOT_SENT)
          .says("no method " + name.substring(0, Math.min(name.length(), 100)));
    }
  }

  @Test
  void batch_itemIsTooLarge_namesTheLimitAndStopsWhatIsNotWritten() throws Exception {
    gateway.go(Until.CALLED);
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    StreamObserver<byte[]> items = streamRaw(ended);
    items.onNext(Requests.item("held").toByteArray());
    Attempt attempt = gateway.awaitAttempts(1).get(0);

    items.onNext(new byte[LIMIT + 1]);

    Status status = errorOf(ended).getStatus();
    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(status.getDescription()).contains(Integer.toString(LIMIT));
    assertThat(attempt.write()).isFalse();
    assertThat(server.inFlight()).isZero();
  }

  private byte[] sendRaw(byte[] body) {
    return ClientCalls.blockingUnaryCall(
        plainChannel(),
        raw(NotificationServiceGrpc.getSendSubscribeMessageMethod()),
        CallOptions.DEFAULT,
        body);
  }

  private StreamObserver<byte[]> streamRaw(CompletableFuture<Throwable> ended) {
    return ClientCalls.asyncBidiStreamingCall(
        plainChannel()
            .newCall(raw(NotificationServiceGrpc.getBatchSendMethod()), CallOptions.DEFAULT),
        new StreamObserver<>() {
          @Override
          public void onNext(byte[] answer) {
            ended.complete(new AssertionError("an answer"));
          }

          @Override
          public void onError(Throwable fault) {
            ended.complete(fault);
          }

          @Override
          public void onCompleted() {
            ended.complete(new AssertionError("the end without an error"));
          }
        });
  }

  private static StatusRuntimeException errorOf(CompletableFuture<Throwable> ended)
      throws Exception {
    Throwable error = ended.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(error).isInstanceOf(StatusRuntimeException.class);
    return (StatusRuntimeException) error;
  }

  /** Not checked against the contract: gRPC itself answers requests that are too large. */
  private Channel plainChannel() {
    return server.newChannel();
  }

  private static MethodDescriptor<byte[], byte[]> raw(MethodDescriptor<?, ?> method) {
    return method.toBuilder(BYTES, BYTES).build();
  }

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };
}
