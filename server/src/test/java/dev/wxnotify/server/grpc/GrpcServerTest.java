package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.wxnotify.server.grpc.HeldGateway.Until;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.v1.EventServiceGrpc;
import dev.wxnotify.v1.MessageServiceGrpc;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.OperationsServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SubscriptionServiceGrpc;
import dev.wxnotify.v1.TemplateServiceGrpc;
import dev.wxnotify.v1.TokenServiceGrpc;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcServerTest {
  private static final String ERROR_DETAILS = "google/rpc/error_details.proto";

  private final HeldGateway gateway = new HeldGateway();

  @RegisterExtension final GrpcServerExtension server = new GrpcServerExtension(gateway);

  @ParameterizedTest
  @ValueSource(strings = {"", NotificationServiceGrpc.SERVICE_NAME})
  void health_started_isServing(String service) {
    assertThat(
            HealthGrpc.newBlockingStub(server.channel())
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void health_unknownService_isNotFound() {
    StatusRuntimeException error =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                HealthGrpc.newBlockingStub(server.channel())
                    .check(HealthCheckRequest.newBuilder().setService("other").build()));

    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  /** A watcher learns of the stop while accepted calls continue. */
  @ParameterizedTest
  @ValueSource(strings = {"", NotificationServiceGrpc.SERVICE_NAME})
  void stop_somebodyWatches_isNotServingAndFinishesWhatWasAccepted(String service)
      throws Exception {
    Channel late = server.newChannel();
    BlockingQueue<ServingStatus> watched = watch(service);
    assertThat(next(watched)).isEqualTo(ServingStatus.SERVING);
    gateway.go(Until.WRITTEN);
    var accepted = server.future().sendSubscribeMessage(Requests.single("o"));
    gateway.awaitWrites(1);
    BatchCall stream = BatchCall.open(server.async()).send(Requests.item("item"));
    gateway.awaitWrites(2);

    CompletableFuture<Boolean> stopped = server.stopInBackground();

    assertThat(next(watched)).isEqualTo(ServingStatus.NOT_SERVING);
    gateway.release();
    assertThat(accepted.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS).getMessageId())
        .isEqualTo(HeldGateway.idOf("o"));
    assertThatStatus(stream.awaitError())
        .isError(Status.Code.UNAVAILABLE, ErrorReason.SERVER_STOPPING, Outcome.OUTCOME_NOT_SENT);
    assertThat(stream.summary().getAccepted()).isEqualTo(1);
    watcher.cancel(null);
    assertThat(stopped.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS))
        .as("everything ended in time")
        .isTrue();
    assertThat(
            catchThrowableOfType(
                    StatusRuntimeException.class,
                    () ->
                        NotificationServiceGrpc.newBlockingStub(late)
                            .sendSubscribeMessage(Requests.single("late")))
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  private final CancellableContext watcher = Context.current().withCancellation();

  private BlockingQueue<ServingStatus> watch(String service) {
    BlockingQueue<ServingStatus> watched = new LinkedBlockingQueue<>();
    watcher.run(
        () ->
            HealthGrpc.newStub(server.channel())
                .watch(
                    HealthCheckRequest.newBuilder().setService(service).build(),
                    new Collector<HealthCheckResponse>(
                        response -> watched.add(response.getStatus()))));
    return watched;
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(next).as("something came").isNotNull();
    return next;
  }

  @Test
  void reflection_listOfServices_namesThemInBothVersions() throws Exception {
    String[] services = {
      EventServiceGrpc.SERVICE_NAME,
      MessageServiceGrpc.SERVICE_NAME,
      NotificationServiceGrpc.SERVICE_NAME,
      OperationsServiceGrpc.SERVICE_NAME,
      SubscriptionServiceGrpc.SERVICE_NAME,
      TemplateServiceGrpc.SERVICE_NAME,
      TokenServiceGrpc.SERVICE_NAME,
      HealthGrpc.SERVICE_NAME,
      ServerReflectionGrpc.SERVICE_NAME,
      "grpc.reflection.v1alpha.ServerReflection"
    };

    assertThat(ask(ServerReflectionRequest.newBuilder().setListServices("*").build()))
        .satisfies(
            response ->
                assertThat(response.getListServicesResponse().getServiceList())
                    .extracting(ServiceResponse::getName)
                    .containsExactlyInAnyOrder(services));
    assertThat(servicesOfV1Alpha(server.newChannel())).containsExactlyInAnyOrder(services);
  }

  @SuppressWarnings("deprecation")
  private static List<String> servicesOfV1Alpha(Channel channel) throws InterruptedException {
    BlockingQueue<io.grpc.reflection.v1alpha.ServerReflectionResponse> answers =
        new LinkedBlockingQueue<>();
    StreamObserver<io.grpc.reflection.v1alpha.ServerReflectionRequest> questions =
        io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(new Collector<>(answers::add));
    questions.onNext(
        io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
            .setListServices("*")
            .build());
    questions.onCompleted();
    return next(answers).getListServicesResponse().getServiceList().stream()
        .map(io.grpc.reflection.v1alpha.ServiceResponse::getName)
        .toList();
  }

  @Test
  void reflection_contract_isKnown() throws Exception {
    assertThat(filesOf(symbol("wxnotify.v1.SendError"))).contains("wxnotify/v1/error.proto");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "google.rpc.ErrorInfo",
        "google.rpc.BadRequest",
        "google.rpc.BadRequest.FieldViolation",
        "google.rpc.RetryInfo",
        "google.rpc.ErrorInfo.MetadataEntry",
      })
  void reflection_detailOfAnError_isKnownWithWhatItImports(String name) throws Exception {
    assertThat(filesOf(symbol(name)))
        .containsExactly(ERROR_DETAILS, "google/protobuf/duration.proto");
  }

  @Test
  void reflection_fileOfErrorDetails_isKnown() throws Exception {
    assertThat(
            filesOf(ServerReflectionRequest.newBuilder().setFileByFilename(ERROR_DETAILS).build()))
        .startsWith(ERROR_DETAILS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "google.rpc",
        "google.rpc.",
        "google.rpc.Nothing",
        "google.rpc.ErrorInfo.nothing",
        "google.rpcErrorInfo",
        "other.ErrorInfo",
        "",
      })
  void reflection_anythingElse_isNotFound(String name) throws Exception {
    ServerReflectionResponse response = ask(symbol(name));

    assertThat(response.getErrorResponse().getErrorCode()).isEqualTo(Status.Code.NOT_FOUND.value());
    assertThat(response.getOriginalRequest()).isEqualTo(symbol(name));
  }

  private static ServerReflectionRequest symbol(String name) {
    return ServerReflectionRequest.newBuilder().setFileContainingSymbol(name).build();
  }

  private List<String> filesOf(ServerReflectionRequest question) throws Exception {
    ServerReflectionResponse response = ask(question);
    assertThat(response.hasFileDescriptorResponse()).as("%s", response).isTrue();
    assertThat(response.getOriginalRequest()).isEqualTo(question);
    List<String> names = new ArrayList<>();
    for (ByteString file : response.getFileDescriptorResponse().getFileDescriptorProtoList()) {
      names.add(nameOf(file));
    }
    return names;
  }

  private static String nameOf(ByteString file) throws InvalidProtocolBufferException {
    return FileDescriptorProto.parseFrom(file).getName();
  }

  private ServerReflectionResponse ask(ServerReflectionRequest question)
      throws InterruptedException {
    BlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
    StreamObserver<ServerReflectionRequest> questions =
        ServerReflectionGrpc.newStub(server.channel())
            .serverReflectionInfo(new Collector<>(answers::add));
    questions.onNext(question);
    questions.onCompleted();
    return next(answers);
  }

  /** Passes messages on; these tests are not about how a stream ends. */
  private record Collector<T>(Consumer<T> to) implements StreamObserver<T> {
    @Override
    public void onNext(T value) {
      to.accept(value);
    }

    @Override
    public void onError(Throwable fault) {}

    @Override
    public void onCompleted() {}
  }
}
