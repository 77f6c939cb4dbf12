package dev.wxnotify.server;

import static dev.wxnotify.server.OtlpCollector.attributes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.DeafPort;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceBlockingStub;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceStub;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Traces of a whole server, at a collector with the real protocol. */
class TracingTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  private final OtlpCollector collector = new OtlpCollector();
  private final RunningServer server =
      RunningServer.start(SandboxOptions.defaults(), Map.of(), collector.variables());

  TracingTest() throws Exception {}

  @AfterEach
  void stop() {
    server.close();
    collector.close();
  }

  @Test
  void call_retriedOnce_isASpanBelowTheCallersWithTwoAttempts() throws Exception {
    caller("-01").sendSubscribeMessage(RunningServer.requestTo("sandbox-once--1-alice"));

    List<Span> spans = collector.await(3);
    Span call = only(spans, SpanKind.SPAN_KIND_SERVER);
    assertThat(hex(call.getTraceId())).isEqualTo(TRACE);
    assertThat(hex(call.getParentSpanId())).isEqualTo(PARENT);
    assertThat(call.getName()).isEqualTo("wxnotify.v1.NotificationService/SendSubscribeMessage");
    assertThat(attributes(call))
        .containsEntry("rpc.system", "grpc")
        .containsEntry("rpc.service", "wxnotify.v1.NotificationService")
        .containsEntry("rpc.method", "SendSubscribeMessage")
        .containsEntry("rpc.grpc.status_code", "0")
        .containsEntry("wxnotify.app_id", SandboxOptions.APP_ID)
        .containsEntry("wxnotify.kind", "subscribe")
        .containsEntry("wxnotify.outcome", "accepted");
    List<Span> attempts =
        spans.stream().filter(span -> span.getKind() == SpanKind.SPAN_KIND_CLIENT).toList();
    assertThat(attempts)
        .hasSize(2)
        .allSatisfy(
            attempt -> {
              assertThat(attempt.getTraceId()).isEqualTo(call.getTraceId());
              assertThat(attempt.getParentSpanId()).isEqualTo(call.getSpanId());
              assertThat(attempt.getStartTimeUnixNano())
                  .isGreaterThanOrEqualTo(call.getStartTimeUnixNano() - 1_000_000)
                  .isLessThan(attempt.getEndTimeUnixNano());
            });
    assertThat(attributes(attempts.get(0)))
        .containsEntry("wxnotify.outcome", "busy")
        .containsEntry("wxnotify.wechat.errcode", "-1")
        .containsKey("wxnotify.wechat.rid");
    assertThat(attributes(attempts.get(1)))
        .containsEntry("wxnotify.outcome", "accepted")
        .doesNotContainKey("wxnotify.wechat.errcode");
    assertThat(collector.resource()).containsEntry("service.name", "wxnotify");
  }

  @Test
  void call_rejected_saysWhyAndIsNoFault() throws Exception {
    assertThatThrownBy(
            () -> caller("-01").sendSubscribeMessage(RunningServer.requestTo("sandbox-43101-bob")))
        .isInstanceOf(StatusRuntimeException.class);

    for (Span span : collector.await(2)) {
      assertThat(attributes(span))
          .containsEntry("wxnotify.outcome", "rejected")
          .containsEntry("wxnotify.reason", "USER_NOT_SUBSCRIBED");
      assertThat(span.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
    }
  }

  @Test
  void call_weChatBreaks_isAFaultWithTheStatusOfHttp() throws Exception {
    assertThatThrownBy(
            () -> caller("-01").sendSubscribeMessage(RunningServer.requestTo("sandbox-html-502")))
        .isInstanceOf(StatusRuntimeException.class);

    assertThat(collector.await(2))
        .allSatisfy(
            span -> assertThat(span.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR))
        .anySatisfy(
            span -> assertThat(attributes(span)).containsEntry("http.response.status_code", "502"));
  }

  @Test
  void stream_ofItems_isOneSpanWithTheAttemptsBelowIt() throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    StreamObserver<BatchSendRequest> items =
        async("-01")
            .batchSend(
                new StreamObserver<BatchSendResponse>() {
                  @Override
                  public void onNext(BatchSendResponse response) {}

                  @Override
                  public void onError(Throwable fault) {
                    done.completeExceptionally(fault);
                  }

                  @Override
                  public void onCompleted() {
                    done.complete(null);
                  }
                });
    for (int i = 0; i < 5; i++) {
      items.onNext(
          BatchSendRequest.newBuilder()
              .setSubscribeMessage(RunningServer.messageTo("user-" + i))
              .build());
    }
    items.onCompleted();
    done.get();

    List<Span> spans = collector.await(6);
    Span call = only(spans, SpanKind.SPAN_KIND_SERVER);
    assertThat(call.getName()).isEqualTo("wxnotify.v1.NotificationService/BatchSend");
    assertThat(spans)
        .filteredOn(span -> span.getKind() == SpanKind.SPAN_KIND_CLIENT)
        .hasSize(5)
        .allSatisfy(attempt -> assertThat(attempt.getParentSpanId()).isEqualTo(call.getSpanId()));
  }

  @Test
  void call_notSampledByItsCaller_isNotSent() throws Exception {
    caller("-00").sendSubscribeMessage(RunningServer.requestTo("quiet"));
    caller("-01").sendSubscribeMessage(RunningServer.requestTo("loud"));

    collector.await(2);
    server.stopServer();
    assertThat(collector.others()).isEmpty();
  }

  @Test
  void call_ofACallerWithoutATrace_beginsOne() throws Exception {
    server.blocking().sendSubscribeMessage(RunningServer.requestTo("o"));

    assertThat(only(collector.await(2), SpanKind.SPAN_KIND_SERVER).getParentSpanId()).isEmpty();
  }

  @Test
  void call_ofHealth_isNoSpan() throws Exception {
    var ignored =
        HealthGrpc.newBlockingStub(server.channel()).check(HealthCheckRequest.getDefaultInstance());
    caller("-01").sendSubscribeMessage(RunningServer.requestTo("o"));

    collector.await(2);
    server.stopServer();
    assertThat(collector.others()).isEmpty();
  }

  @Test
  void spans_ofEveryEnding_holdNothingSecret() throws Exception {
    List<String> openIds =
        List.of(
            "oAccepted-0123456789",
            "sandbox-43101-oSecretOpenId",
            "sandbox-40003-oSecretOpenId",
            "sandbox-40001-oSecretOpenId",
            "sandbox-html-502-oSecretOpenId",
            "sandbox-reset-after-oSecretOpenId");
    for (String openId : openIds) {
      try {
        var ignored =
            caller("-01")
                .sendSubscribeMessage(
                    RunningServer.requestTo(openId).toBuilder()
                        .setRequestId("id-of-" + openId)
                        .build());
      } catch (StatusRuntimeException e) {
        // As the open id requests.
      }
    }
    server.stopServer();

    assertThat(collector.everything())
        .contains("wxnotify.outcome")
        .doesNotContain(openIds)
        .doesNotContain(
            "oSecretOpenId", SandboxOptions.APP_SECRET, "access_token", "id-of-", "Coffee");
    assertThat(collector.others()).hasSizeGreaterThanOrEqualTo(2 * openIds.size());
  }

  @Test
  void collector_isDown_sendsGoOnAndTheStopWaitsForAMomentOnly() throws Exception {
    int closedPort = DeafPort.number();
    try (RunningServer other =
        RunningServer.start(
            SandboxOptions.defaults(),
            Map.of(),
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + closedPort))) {
      assertThat(other.blocking().sendSubscribeMessage(RunningServer.requestTo("o")).getMessageId())
          .isNotEmpty();

      long before = System.nanoTime();
      other.stopServer();
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    }
  }

  private NotificationServiceBlockingStub caller(String flags) {
    return server.blocking().withInterceptors(traceParent(flags));
  }

  private NotificationServiceStub async(String flags) {
    return server.async().withInterceptors(traceParent(flags));
  }

  private static ClientInterceptor traceParent(String flags) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
        "00-" + TRACE + "-" + PARENT + flags);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  private static Span only(List<Span> spans, SpanKind kind) {
    List<Span> found = spans.stream().filter(span -> span.getKind() == kind).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private static String hex(com.google.protobuf.ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
