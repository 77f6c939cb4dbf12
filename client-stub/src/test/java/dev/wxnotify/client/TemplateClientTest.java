package dev.wxnotify.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wxnotify.v1.GetTemplateRequest;
import dev.wxnotify.v1.GetTemplateResponse;
import dev.wxnotify.v1.ListTemplatesRequest;
import dev.wxnotify.v1.ListTemplatesResponse;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.Template;
import dev.wxnotify.v1.TemplateServiceGrpc.TemplateServiceImplBase;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TemplateClientTest {
  private static final Template TEMPLATE = Template.newBuilder().setTemplateId("T").build();

  private final Server server;
  private final NotificationClient client;

  TemplateClientTest() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new OneTemplate())
            .build()
            .start();
    client = NotificationClient.builder("127.0.0.1:" + server.getPort()).plaintext().build();
  }

  @AfterEach
  void close() {
    client.close();
    server.shutdownNow();
  }

  /** Has the template T of every app, and is silent about the app {@code slow}. */
  private static final class OneTemplate extends TemplateServiceImplBase {
    @Override
    public void listTemplates(
        ListTemplatesRequest request, StreamObserver<ListTemplatesResponse> responses) {
      if (!request.getAppId().equals("slow")) {
        responses.onNext(ListTemplatesResponse.newBuilder().addTemplates(TEMPLATE).build());
        responses.onCompleted();
      }
    }

    @Override
    public void getTemplate(
        GetTemplateRequest request, StreamObserver<GetTemplateResponse> responses) {
      if (request.getTemplateId().equals("T")) {
        responses.onNext(GetTemplateResponse.newBuilder().setTemplate(TEMPLATE).build());
        responses.onCompleted();
      } else {
        responses.onError(
            FakeService.status(
                Status.Code.NOT_FOUND,
                SendError.newBuilder()
                    .setReason(ErrorReason.NOT_FOUND)
                    .setOutcome(Outcome.OUTCOME_REJECTED)
                    .build()));
      }
    }
  }

  private static GetTemplateRequest get(String templateId) {
    return GetTemplateRequest.newBuilder().setTemplateId(templateId).build();
  }

  @Test
  void listAndGet_returnTheResponse() {
    TemplateClient templates = client.templates();

    assertThat(templates.list(ListTemplatesRequest.getDefaultInstance()).getTemplatesList())
        .containsExactly(TEMPLATE);
    assertThat(templates.get(get("T")).getTemplate()).isEqualTo(TEMPLATE);
    assertThat(
            templates
                .listAsync(ListTemplatesRequest.getDefaultInstance())
                .join()
                .getTemplatesList())
        .containsExactly(TEMPLATE);
    assertThat(templates.getAsync(get("T")).join().getTemplate()).isEqualTo(TEMPLATE);
  }

  @Test
  void get_unknown_throwsWhatTheServiceSaid() {
    SendException thrown =
        catchThrowableOfType(SendException.class, () -> client.templates().get(get("U")));

    assertThat(thrown.reason()).isEqualTo(ErrorReason.NOT_FOUND);
    assertThat(thrown.retryable()).isFalse();
    CompletableFuture<GetTemplateResponse> future = client.templates().getAsync(get("U"));
    assertThatThrownBy(future::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(SendException.class);
  }

  @Test
  void list_notAnsweredInTime_mayBeRepeated() {
    SendException thrown =
        catchThrowableOfType(
            SendException.class,
            () ->
                client
                    .templates()
                    .list(
                        ListTemplatesRequest.newBuilder().setAppId("slow").build(),
                        Duration.ofMillis(300)));

    assertThat(thrown.failure().code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(thrown.safeToRepeat()).isTrue();
    assertThat(thrown.retryable()).isTrue();
  }
}
