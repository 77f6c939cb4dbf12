package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.wxnotify.sandbox.Effect;
import dev.wxnotify.sandbox.Fault;
import dev.wxnotify.sandbox.RevokeMode;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.DeafPort;
import dev.wxnotify.server.testing.LeakScanner;
import dev.wxnotify.server.testing.LogCapture;
import dev.wxnotify.server.testing.TestCa;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.ClearQuotaRequest;
import dev.wxnotify.v1.ExplainErrcodeRequest;
import dev.wxnotify.v1.GetQuotaRequest;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.ListRecentFailuresRequest;
import dev.wxnotify.v1.LookUpRidRequest;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.OperationsServiceGrpc;
import dev.wxnotify.v1.RefreshTokenRequest;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Causes every kind of failure and searches all output for secrets. */
@Timeout(180)
class LeakTest {
  private static final String CALLER_TOKEN = "caller-token-hush-1";
  private static final String OTHER_TOKEN = "other-token-hush-2";
  private static final String WRONG_TOKEN = "wrong-token-hush-3";
  private static final String REDIS_PASSWORD = "redis-password-hush-4";
  private static final String WRONG_SECRET = "app-secret-hush-5";

  /** In the middle of every open id, since logs show both ends. */
  private static final String OPEN_ID = "oHUSH6abcdefghijklmnop";

  private static final LeakScanner SCANNER =
      new LeakScanner(
          SandboxOptions.APP_SECRET,
          CALLER_TOKEN,
          OTHER_TOKEN,
          WRONG_TOKEN,
          REDIS_PASSWORD,
          WRONG_SECRET,
          OPEN_ID);

  private static final List<String> FAULTS =
      List.of(
          "reset-before",
          "reset-after",
          "half-answer",
          "html-502",
          "html-404",
          "html-200",
          "empty-body",
          "truncated",
          "malformed-json",
          "oversized-body",
          "no-errcode",
          "no-answer");

  private final StringBuilder everything = new StringBuilder();

  @Test
  void everythingThatGoesWrong_tellsNoSecret(@TempDir Path directory) throws Exception {
    TestCa ca = new TestCa("authority");
    ca.issueForLoopback("server").writeTo(directory, "server");
    int nobody = DeafPort.number();
    Map<String, String> keys = new HashMap<>();
    keys.put("wxnotify.redis.url", "redis://:" + REDIS_PASSWORD + "@127.0.0.1:" + nobody);
    keys.put("wxnotify.wechat.request-timeout", "1s");
    keys.put("wxnotify.grpc.tls.certificate", directory.resolve("server.crt").toString());
    keys.put("wxnotify.grpc.tls.private-key", directory.resolve("server.key").toString());
    keys.put("wxnotify.grpc.callers.crm.token-sha256", AccessTest.sha256(CALLER_TOKEN));
    keys.put("wxnotify.grpc.callers.crm.operator", "true");
    keys.put("wxnotify.grpc.callers.other.token-sha256", AccessTest.sha256(OTHER_TOKEN));
    keys.put("wxnotify.grpc.callers.other.apps", "second");
    keys.put("wxnotify.apps.shop.default", "true");
    keys.put("wxnotify.apps.second.app-id", "wxsecond");
    keys.put("wxnotify.apps.second.app-secret", WRONG_SECRET);

    try (LogCapture log = LogCapture.open()) {
      try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys)) {
        ManagedChannel channel = AccessTest.channel(server.port(), null, ca.pem());
        try {
          driveMessages(server, channel);
          driveCallers(channel);
          driveTokens(server, channel);
          driveTransport(server);
          show(server, channel);
        } finally {
          channel.shutdownNow();
        }
      }
      everything.append(log.everything());
    }

    assertThat(everything.toString())
        .as("what was driven came through")
        .contains(
            "USER_NOT_SUBSCRIBED",
            "OUTCOME_UNKNOWN",
            "UNAUTHENTICATED",
            "APP_NOT_ALLOWED",
            "WECHAT_CREDENTIALS",
            "REQUEST_ID_CONFLICT",
            "INVALID_REQUEST",
            "TRACE",
            "redis",
            "wxnotify_messages",
            "TOKEN_STATE_FRESH");
    assertThat(SCANNER.findings(everything.toString())).isEmpty();
  }

  private void driveMessages(RunningServer server, ManagedChannel channel) throws Exception {
    for (ErrorTable.Row row : ErrorTable.read()) {
      for (int errcode : row.errcodes()) {
        both(channel, "sandbox-" + errcode + "-" + OPEN_ID + "-x" + errcode);
      }
    }
    both(channel, "sandbox-99999-" + OPEN_ID + "-x");
    for (String fault : FAULTS) {
      both(channel, "sandbox-" + fault + "-" + OPEN_ID + "-x");
    }
    both(channel, OPEN_ID + "x".repeat(300));
    both(channel, OPEN_ID + "\u0007");
    server.sandbox().revokeToken(SandboxOptions.APP_ID, RevokeMode.DEAD);
    both(channel, OPEN_ID + "-after-revocation");
    for (String user : List.of("a", "b")) {
      attempt(
          () ->
              as(NotificationServiceGrpc.newBlockingStub(channel), CALLER_TOKEN)
                  .sendSubscribeMessage(
                      request(OPEN_ID + user).toBuilder().setRequestId("one").build()));
    }
    attempt(
        () ->
            as(NotificationServiceGrpc.newBlockingStub(channel), CALLER_TOKEN)
                .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                .sendSubscribeMessage(request("sandbox-no-answer-" + OPEN_ID + "-y")));
  }

  private void driveCallers(ManagedChannel channel) throws Exception {
    for (String token : List.of(WRONG_TOKEN, OTHER_TOKEN)) {
      attempt(
          () ->
              as(NotificationServiceGrpc.newBlockingStub(channel), token)
                  .sendSubscribeMessage(request(OPEN_ID)));
      attempt(
          () ->
              as(OperationsServiceGrpc.newBlockingStub(channel), token)
                  .getTokenStatus(GetTokenStatusRequest.getDefaultInstance()));
      batch(channel, token, OPEN_ID);
    }
  }

  private void driveTokens(RunningServer server, ManagedChannel channel) throws Exception {
    var operations = OperationsServiceGrpc.newBlockingStub(channel);
    for (Effect effect :
        List.of(
            Effect.errcode(40001),
            Effect.errcode(40164),
            Effect.errcode(-1),
            Effect.errcode(45009))) {
      server.sandbox().addFault(Fault.on(SandboxEndpoint.STABLE_TOKEN, effect));
      attempt(
          () ->
              as(operations, CALLER_TOKEN).refreshToken(RefreshTokenRequest.getDefaultInstance()));
      server.sandbox().clearFaults();
    }
    attempt(
        () ->
            as(operations, CALLER_TOKEN)
                .refreshToken(RefreshTokenRequest.newBuilder().setAppId("wxsecond").build()));
    attempt(
        () -> as(operations, CALLER_TOKEN).refreshToken(RefreshTokenRequest.getDefaultInstance()));
  }

  /** Clients that do not use TLS. */
  private void driveTransport(RunningServer server) throws Exception {
    ManagedChannel plain =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    attempt(
        () ->
            as(NotificationServiceGrpc.newBlockingStub(plain), CALLER_TOKEN)
                .sendSubscribeMessage(request(OPEN_ID)));
    plain.shutdownNow();
  }

  /** Everything that the server shows about itself. */
  private void show(RunningServer server, ManagedChannel channel) throws Exception {
    var operations = as(OperationsServiceGrpc.newBlockingStub(channel), CALLER_TOKEN);
    attempt(() -> operations.getTokenStatus(GetTokenStatusRequest.getDefaultInstance()));
    attempt(() -> operations.listRecentFailures(ListRecentFailuresRequest.getDefaultInstance()));
    attempt(
        () -> operations.explainErrcode(ExplainErrcodeRequest.newBuilder().setErrcode(1).build()));
    attempt(() -> operations.lookUpRid(LookUpRidRequest.newBuilder().setRid("x").build()));
    attempt(() -> operations.getQuota(GetQuotaRequest.getDefaultInstance()));
    attempt(() -> operations.clearQuota(ClearQuotaRequest.getDefaultInstance()));
    for (String path : List.of("/metrics", "/readyz", "/livez", "/nothing")) {
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(server.monitoring(path)).build(),
                  HttpResponse.BodyHandlers.ofString());
      everything.append(response.headers()).append(response.body()).append('\n');
    }
    CompletableFuture<Void> end = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> questions =
        as(ServerReflectionGrpc.newStub(channel), CALLER_TOKEN)
            .serverReflectionInfo(
                observer(
                    end,
                    (ServerReflectionResponse response) -> {
                      everything.append(response);
                      for (var file :
                          response.getFileDescriptorResponse().getFileDescriptorProtoList()) {
                        everything.append(FileDescriptorProto.parseFrom(file));
                      }
                    }));
    questions.onNext(ServerReflectionRequest.newBuilder().setListServices("*").build());
    for (String service :
        List.of(NotificationServiceGrpc.SERVICE_NAME, OperationsServiceGrpc.SERVICE_NAME)) {
      questions.onNext(
          ServerReflectionRequest.newBuilder().setFileContainingSymbol(service).build());
    }
    questions.onCompleted();
    end.get(30, TimeUnit.SECONDS);
  }

  @Test
  void wrongConfiguration_tellsNoSecret() throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("WXNOTIFY_APPS_SHOP_APP_SECRET", WRONG_SECRET);
    environment.put("WXNOTIFY_REDIS_URL", "http://:" + REDIS_PASSWORD + "@cache");
    environment.put("WXNOTIFY_GRPC_CALLERS_CRM_TOKEN_SHA256", CALLER_TOKEN);
    environment.put("WXNOTIFY_GRPC_TLS_CERTIFICATE", "/does/not/exist");
    environment.put("WXNOTIFY_LOG_LEVEL", "TRACE");
    try (WxnotifyProcess process = WxnotifyProcess.start(environment, "serve")) {
      assertThat(process.exitCode()).isEqualTo(78);
      String said = process.out() + process.err();
      assertThat(said)
          .contains("wxnotify.redis.url", "token-sha256", "wxnotify.grpc.tls", "app-id");
      assertThat(SCANNER.findings(said)).isEmpty();
    }
  }

  /** The same search finds secrets that were planted on purpose, in each form. */
  @Test
  void plantedLeak_isFound() {
    try (LogCapture log = LogCapture.open()) {
      LoggerFactory.getLogger(LeakTest.class)
          .trace("planted", new IllegalStateException("secret=" + SandboxOptions.APP_SECRET));
      LoggerFactory.getLogger(LeakTest.class).info("to {}", "sandbox-1-" + OPEN_ID);

      assertThat(SCANNER.findings(log.everything())).hasSize(2);
    }
    assertThat(SCANNER.findings("token 98_" + "aB3-_".repeat(10) + " was refused")).hasSize(1);
    assertThat(SCANNER.findings("Bearer " + CALLER_TOKEN)).hasSize(1);
    assertThat(
            SCANNER.findings(
                Base64.getEncoder()
                    .encodeToString(REDIS_PASSWORD.getBytes(StandardCharsets.UTF_8))))
        .hasSize(1);
    assertThat(SCANNER.findings("oHUSH6***mnop 98_short")).isEmpty();
  }

  // Helpers.

  private void both(ManagedChannel channel, String openId) throws Exception {
    attempt(
        () ->
            as(NotificationServiceGrpc.newBlockingStub(channel), CALLER_TOKEN)
                .sendSubscribeMessage(request(openId)));
    batch(channel, CALLER_TOKEN, openId);
  }

  private static SendSubscribeMessageRequest request(String openId) {
    return RunningServer.requestTo(openId);
  }

  private void batch(ManagedChannel channel, String token, String openId) throws Exception {
    CompletableFuture<Void> end = new CompletableFuture<>();
    StreamObserver<BatchSendRequest> requests =
        as(NotificationServiceGrpc.newStub(channel), token)
            .batchSend(observer(end, (BatchSendResponse response) -> everything.append(response)));
    requests.onNext(
        BatchSendRequest.newBuilder().setSubscribeMessage(RunningServer.messageTo(openId)).build());
    requests.onCompleted();
    end.get(30, TimeUnit.SECONDS);
  }

  private static <S extends AbstractStub<S>> S as(S stub, String token) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private void attempt(Callable<?> call) throws Exception {
    try {
      everything.append(call.call());
    } catch (StatusRuntimeException e) {
      fail(e);
    }
  }

  private void fail(Throwable failure) {
    everything.append(failure).append('\n');
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    if (status != null) {
      for (Any detail : status.getDetailsList()) {
        everything.append(detail.getValue().toStringUtf8()).append('\n');
      }
    }
  }

  /** What to do with an answer. */
  @FunctionalInterface
  private interface Taker<T> {
    void take(T answer) throws Exception;
  }

  private <T> StreamObserver<T> observer(CompletableFuture<Void> end, Taker<T> taker) {
    return new StreamObserver<>() {
      @Override
      public void onNext(T answer) {
        try {
          taker.take(answer);
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }

      @Override
      public void onError(Throwable failure) {
        fail(failure);
        end.complete(null);
      }

      @Override
      public void onCompleted() {
        end.complete(null);
      }
    };
  }
}
