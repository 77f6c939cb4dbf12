package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.StatusAssert;
import dev.wxnotify.server.testing.TestCa;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.ExplainErrcodeRequest;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.ListRecentFailuresRequest;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.OperationsServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.RefreshTokenRequest;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may call which method, over real sockets: every transport, credential and method. */
@Timeout(120)
class AccessTest {
  private static final String SHOP_TOKEN = "shop-token-0123456789";
  private static final String SHOP_NEXT_TOKEN = "shop-token-for-next-month";
  private static final String CLUB_TOKEN = "club-token-0123456789";
  private static final String OTHER_APP = "wxfedcba9876543210";

  private static final Map<String, RunningServer> SERVERS = new HashMap<>();
  private static @Nullable TestCa ca;
  private static TestCa.@Nullable Identity shop;
  private static TestCa.@Nullable Identity stranger;

  /** How a server listens, and how a client of the matrix connects to it. */
  enum Transport {
    PLAINTEXT,
    TLS,
    MUTUAL_TLS,
    /** With a certificate of the CA that belongs to no caller. */
    MUTUAL_TLS_STRANGER
  }

  /** The credentials that a client presents. */
  enum Shown {
    NO_TOKEN,
    WRONG_TOKEN,
    RIGHT_TOKEN,
    NEXT_TOKEN,
    TOKEN_OF_ANOTHER
  }

  @BeforeAll
  static void startServers(@TempDir Path directory) throws Exception {
    TestCa authority = new TestCa("authority");
    ca = authority;
    shop =
        authority.issue(
            "whoever", new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://a/shop"));
    stranger = authority.issue("stranger");
    authority.issueForLoopback("server").writeTo(directory, "server");
    Files.writeString(directory.resolve("ca.crt"), authority.pem());

    Map<String, String> keys = new HashMap<>();
    keys.put("wxnotify.apps.shop.default", "true");
    keys.put("wxnotify.apps.other.app-id", OTHER_APP);
    keys.put("wxnotify.apps.other.app-secret", "other-secret");
    keys.put(
        "wxnotify.grpc.callers.shop.token-sha256",
        sha256(SHOP_TOKEN) + "," + sha256(SHOP_NEXT_TOKEN));
    keys.put("wxnotify.grpc.callers.shop.apps", "shop");
    keys.put("wxnotify.grpc.callers.club.token-sha256", sha256(CLUB_TOKEN));
    keys.put("wxnotify.grpc.callers.club.apps", "other");
    SERVERS.put("PLAINTEXT", RunningServer.start(SandboxOptions.defaults(), keys));
    keys.put("wxnotify.grpc.tls.certificate", directory.resolve("server.crt").toString());
    keys.put("wxnotify.grpc.tls.private-key", directory.resolve("server.key").toString());
    SERVERS.put("TLS", RunningServer.start(SandboxOptions.defaults(), keys));
    keys.put("wxnotify.grpc.tls.client-ca", directory.resolve("ca.crt").toString());
    keys.put("wxnotify.grpc.callers.shop.certificate-names", "spiffe://a/shop");
    RunningServer mutual = RunningServer.start(SandboxOptions.defaults(), keys);
    SERVERS.put("MUTUAL_TLS", mutual);
    SERVERS.put("MUTUAL_TLS_STRANGER", mutual);
  }

  @AfterAll
  static void stopServers() {
    SERVERS.values().forEach(RunningServer::close);
    SERVERS.clear();
  }

  /**
   * The matrix. The caller of a row, by its token or its certificate, is shop, club or none; shop
   * may use the default app and not the other one, and club the reverse.
   */
  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "PLAINTEXT, NO_TOKEN, nobody",
    "PLAINTEXT, WRONG_TOKEN, nobody",
    "PLAINTEXT, RIGHT_TOKEN, shop",
    "PLAINTEXT, NEXT_TOKEN, shop",
    "PLAINTEXT, TOKEN_OF_ANOTHER, club",
    "TLS, NO_TOKEN, nobody",
    "TLS, WRONG_TOKEN, nobody",
    "TLS, RIGHT_TOKEN, shop",
    "TLS, NEXT_TOKEN, shop",
    "TLS, TOKEN_OF_ANOTHER, club",
    "MUTUAL_TLS, NO_TOKEN, shop",
    "MUTUAL_TLS, WRONG_TOKEN, nobody",
    "MUTUAL_TLS, RIGHT_TOKEN, shop",
    "MUTUAL_TLS, NEXT_TOKEN, shop",
    "MUTUAL_TLS, TOKEN_OF_ANOTHER, nobody",
    "MUTUAL_TLS_STRANGER, NO_TOKEN, nobody",
    "MUTUAL_TLS_STRANGER, WRONG_TOKEN, nobody",
    "MUTUAL_TLS_STRANGER, RIGHT_TOKEN, shop",
    "MUTUAL_TLS_STRANGER, NEXT_TOKEN, shop",
    "MUTUAL_TLS_STRANGER, TOKEN_OF_ANOTHER, club",
  })
  void call_byTransportAndCredentials_getsWhatIsItsOwn(
      Transport transport, Shown shown, String caller) throws Exception {
    try (Client client = new Client(transport, shown)) {
      assertThat(client.health()).isEqualTo("SERVING");
      for (String app : List.of(SandboxOptions.APP_ID, OTHER_APP)) {
        boolean allowed =
            caller.equals("shop") ? app.equals(SandboxOptions.APP_ID) : app.equals(OTHER_APP);
        if (caller.equals("nobody")) {
          assertUnauthenticated(client.subscribe(app));
          assertUnauthenticated(client.seckill(app));
          assertUnauthenticated(client.batch(app).failure);
        } else if (allowed && caller.equals("shop")) {
          assertThat(client.subscribe(app)).isNull();
          assertThat(client.seckill(app)).isNull();
          assertThat(client.batch(app).outcome()).isEqualTo(Outcome.OUTCOME_ACCEPTED);
        } else if (allowed) { // The sandbox does not know that app: the admitted call fails.
          assertReason(client.subscribe(app), ErrorReason.WECHAT_CREDENTIALS);
          assertReason(client.seckill(app), ErrorReason.WECHAT_CREDENTIALS);
          assertThat(client.batch(app).reason()).isEqualTo(ErrorReason.WECHAT_CREDENTIALS);
        } else {
          assertNotAllowed(client.subscribe(app));
          assertNotAllowed(client.seckill(app));
          assertThat(client.batch(app).reason()).isEqualTo(ErrorReason.APP_NOT_ALLOWED);
          assertThat(client.batch(app).outcome()).isEqualTo(Outcome.OUTCOME_NOT_SENT);
        }
      }
      if (caller.equals("nobody")) {
        assertUnauthenticated(client.reflection());
        assertUnauthenticated(client.unknownMethod());
      } else {
        assertThat(client.reflection()).isNull();
        assertReason(client.unknownMethod(), ErrorReason.INVALID_REQUEST);
      }
      for (StatusRuntimeException refused : client.operations()) {
        StatusAssert.assertThatStatus(present(refused)).conforms();
        assertReason(
            refused,
            caller.equals("nobody") ? ErrorReason.UNAUTHENTICATED : ErrorReason.NOT_AN_OPERATOR);
      }
    }
  }

  /** A caller that may not use an app does not learn whether it exists. */
  @Test
  void unknownApp_ofALimitedCaller_isToldAsOneThatItMayNotUse() throws Exception {
    try (Client client = new Client(Transport.PLAINTEXT, Shown.RIGHT_TOKEN)) {
      StatusRuntimeException unknown = client.subscribe("wxunknown");
      StatusRuntimeException other = client.subscribe(OTHER_APP);

      assertNotAllowed(unknown);
      assertThat(String.valueOf(unknown).replace("wxunknown", OTHER_APP))
          .isEqualTo(String.valueOf(other));
    }
  }

  @Test
  void refusal_whateverIsWrong_saysTheSame() throws Exception {
    List<String> texts = new ArrayList<>();
    for (Shown shown : List.of(Shown.NO_TOKEN, Shown.WRONG_TOKEN)) {
      try (Client client = new Client(Transport.TLS, shown)) {
        texts.add(String.valueOf(client.subscribe(OTHER_APP)));
      }
    }
    try (Client client = new Client(Transport.MUTUAL_TLS, Shown.TOKEN_OF_ANOTHER)) {
      texts.add(String.valueOf(client.subscribe(OTHER_APP)));
    }
    assertThat(texts).hasSize(3);
    assertThat(texts.stream().distinct()).hasSize(1);
    assertThat(texts.get(0)).doesNotContain("token-0123456789");
  }

  @ParameterizedTest
  @CsvSource({
    "Bearer shop-token-0123456789, true",
    "bearer shop-token-0123456789, true",
    "BEARER   shop-token-0123456789, true",
    "Basic shop-token-0123456789, false",
    "shop-token-0123456789, false",
    "Bearer, false",
    "'Bearer ', false",
    "Bearer shop-token-012345678, false",
    "Bearer shop-token-0123456789x, false",
    "Bearer Shop-token-0123456789, false",
  })
  void header_ofSomeForm_isTakenOrNot(String header, boolean taken) throws Exception {
    try (Client client = new Client(Transport.PLAINTEXT, List.of(header))) {
      if (taken) {
        assertThat(client.subscribe("")).isNull();
      } else {
        assertUnauthenticated(client.subscribe(""));
      }
    }
  }

  @Test
  void headers_twoOfThem_areNone() throws Exception {
    String right = "Bearer " + SHOP_TOKEN;
    try (Client client = new Client(Transport.PLAINTEXT, List.of(right, right))) {
      assertUnauthenticated(client.subscribe(""));
    }
  }

  /** Where anonymous callers are allowed beside others, a wrong token is still rejected. */
  @Test
  void anonymous_besideCallers_maySendAndNoMore() throws Exception {
    Map<String, String> keys =
        Map.of(
            "wxnotify.grpc.callers.one.token-sha256",
            sha256("one"),
            "wxnotify.grpc.allow-anonymous",
            "true");
    try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys);
        Client anonymous = new Client(server.port(), List.of());
        Client known = new Client(server.port(), List.of("Bearer one"));
        Client wrong = new Client(server.port(), List.of("Bearer two"))) {
      assertThat(anonymous.subscribe("")).isNull();
      assertThat(known.subscribe("")).isNull();
      assertUnauthenticated(wrong.subscribe(""));
      assertUnauthenticated(anonymous.reflection());
      assertThat(known.reflection()).isNull();
    }
  }

  /** The same id from two callers counts as two ids. */
  @Test
  void requestId_ofTwoCallers_isTwo(@TempDir Path directory) throws Exception {
    Map<String, String> keys =
        Map.of(
            "wxnotify.grpc.callers.one.token-sha256", sha256("one"),
            "wxnotify.grpc.callers.two.token-sha256", sha256("two"));
    try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys)) {
      var request = RunningServer.requestTo("user").toBuilder().setRequestId("id").build();

      var first = bearer(server.blocking(), "one").sendSubscribeMessage(request);
      var ofAnother = bearer(server.blocking(), "two").sendSubscribeMessage(request);
      var again = bearer(server.blocking(), "one").sendSubscribeMessage(request);

      assertThat(first.getReplayed()).isFalse();
      assertThat(ofAnother.getReplayed()).isFalse();
      assertThat(again.getReplayed()).isTrue();
      assertThat(server.sandbox().messages()).hasSize(2);
    }
  }

  /**
   * With a CA and no callers, every client with a certificate of the CA is a caller by its name.
   */
  @Test
  void certificate_withoutCallers_namesItsCaller(@TempDir Path directory) throws Exception {
    TestCa authority = new TestCa("clients");
    authority.issueForLoopback("server").writeTo(directory, "server");
    Files.writeString(directory.resolve("ca.crt"), authority.pem());
    Map<String, String> keys =
        Map.of(
            "wxnotify.grpc.tls.certificate", directory.resolve("server.crt").toString(),
            "wxnotify.grpc.tls.private-key", directory.resolve("server.key").toString(),
            "wxnotify.grpc.tls.client-ca", directory.resolve("ca.crt").toString());
    var request = RunningServer.requestTo("user").toBuilder().setRequestId("id").build();
    try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys)) {
      for (String name : List.of("one", "two")) {
        ManagedChannel channel = channel(server.port(), authority.issue(name), authority.pem());
        try {
          var response =
              NotificationServiceGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(20, TimeUnit.SECONDS)
                  .sendSubscribeMessage(request);
          assertThat(response.getReplayed()).isFalse();
        } finally {
          channel.shutdownNow();
        }
      }
      assertThat(server.sandbox().messages()).hasSize(2);
    }
  }

  @Test
  void certificate_ofAnotherCa_orNone_getsNoConnection() throws Exception {
    TestCa foreign = new TestCa("foreign");
    int port = server(Transport.MUTUAL_TLS).port();
    for (TestCa.Identity identity : new TestCa.Identity[] {foreign.issue("shop"), null}) {
      ManagedChannel channel = channel(port, identity, pem());
      try {
        StatusRuntimeException failure =
            catchThrowableOfType(
                StatusRuntimeException.class,
                () ->
                    HealthGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(20, TimeUnit.SECONDS)
                        .check(HealthCheckRequest.getDefaultInstance()));
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  // Helpers.

  private static void assertUnauthenticated(@Nullable StatusRuntimeException failure) {
    StatusAssert.assertThatStatus(present(failure))
        .isError(
            Status.Code.UNAUTHENTICATED, ErrorReason.UNAUTHENTICATED, Outcome.OUTCOME_NOT_SENT);
  }

  private static void assertNotAllowed(@Nullable StatusRuntimeException failure) {
    StatusAssert.assertThatStatus(present(failure))
        .isError(
            Status.Code.PERMISSION_DENIED, ErrorReason.APP_NOT_ALLOWED, Outcome.OUTCOME_NOT_SENT);
  }

  private static void assertReason(@Nullable StatusRuntimeException failure, ErrorReason reason)
      throws Exception {
    assertThat(RunningServer.sendError(present(failure)).getReason()).isEqualTo(reason);
  }

  private static <T> T present(@Nullable T value) {
    return Objects.requireNonNull(value, "it is not there, or did not fail");
  }

  static String sha256(String token) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
  }

  static <S extends AbstractStub<S>> S bearer(S stub, String token) {
    return stub.withCallCredentials(headers(List.of("Bearer " + token)));
  }

  private static CallCredentials headers(List<String> values) {
    return new CallCredentials() {
      @Override
      public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier to) {
        Metadata headers = new Metadata();
        values.forEach(
            value ->
                headers.put(
                    Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), value));
        to.apply(headers);
      }
    };
  }

  private static RunningServer server(Transport transport) {
    return present(SERVERS.get(transport.name()));
  }

  private static String pem() {
    return present(ca).pem();
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  static ManagedChannel channel(int port, TestCa.@Nullable Identity identity, String trusted)
      throws Exception {
    TlsChannelCredentials.Builder tls =
        TlsChannelCredentials.newBuilder().trustManager(stream(trusted));
    if (identity != null) {
      tls.keyManager(stream(identity.certificate()), stream(identity.privateKey()));
    }
    return channel(port, tls.build());
  }

  private static ManagedChannel channel(int port, ChannelCredentials credentials) {
    return Grpc.newChannelBuilderForAddress("localhost", port, credentials).build();
  }

  /** The result of a batch of one. */
  private record Batch(@Nullable BatchItemResult result, @Nullable StatusRuntimeException failure) {
    Outcome outcome() {
      return present(result).getOutcome();
    }

    ErrorReason reason() {
      return present(result).getError().getReason();
    }
  }

  /** A client with the credentials of its row. Its calls return their failure, or null. */
  private static final class Client implements AutoCloseable {
    private final ManagedChannel channel;
    private final List<String> headers;

    Client(Transport transport, Shown shown) throws Exception {
      this(
          transport,
          switch (shown) {
            case NO_TOKEN -> List.of();
            case WRONG_TOKEN -> List.of("Bearer wrong-token-0123456789");
            case RIGHT_TOKEN -> List.of("Bearer " + SHOP_TOKEN);
            case NEXT_TOKEN -> List.of("Bearer " + SHOP_NEXT_TOKEN);
            case TOKEN_OF_ANOTHER -> List.of("Bearer " + CLUB_TOKEN);
          });
    }

    Client(Transport transport, List<String> headers) throws Exception {
      int port = server(transport).port();
      this.headers = headers;
      this.channel =
          switch (transport) {
            case PLAINTEXT -> AccessTest.channel(port, InsecureChannelCredentials.create());
            case TLS -> AccessTest.channel(port, null, pem());
            case MUTUAL_TLS -> AccessTest.channel(port, shop, pem());
            case MUTUAL_TLS_STRANGER -> AccessTest.channel(port, stranger, pem());
          };
    }

    /** Without TLS, to the test's own server. */
    Client(int port, List<String> headers) {
      this.headers = headers;
      this.channel = AccessTest.channel(port, InsecureChannelCredentials.create());
    }

    private <S extends AbstractStub<S>> S with(S stub) {
      S bounded = stub.withDeadlineAfter(20, TimeUnit.SECONDS);
      return headers.isEmpty() ? bounded : bounded.withCallCredentials(AccessTest.headers(headers));
    }

    String health() {
      return with(HealthGrpc.newBlockingStub(channel))
          .check(HealthCheckRequest.getDefaultInstance())
          .getStatus()
          .name();
    }

    @Nullable StatusRuntimeException subscribe(String appId) {
      var stub = with(NotificationServiceGrpc.newBlockingStub(channel));
      var message = RunningServer.messageTo("user").toBuilder().setAppId(appId);
      var request = RunningServer.requestTo("user").toBuilder().setMessage(message).build();
      return catchThrowableOfType(
          StatusRuntimeException.class, () -> stub.sendSubscribeMessage(request));
    }

    @Nullable StatusRuntimeException seckill(String appId) {
      var stub = with(NotificationServiceGrpc.newBlockingStub(channel));
      var request =
          SendSeckillMessageRequest.newBuilder()
              .setMessage(
                  SeckillMessage.newBuilder()
                      .setAppId(appId)
                      .setOpenId("user")
                      .setTemplateId(RunningServer.messageTo("user").getTemplateId())
                      .setGoodsName("Coffee")
                      .setTime("20:00")
                      .setCorpId("1")
                      .setCustomerId("2"))
              .build();
      return catchThrowableOfType(
          StatusRuntimeException.class, () -> stub.sendSeckillMessage(request));
    }

    Batch batch(String appId) throws Exception {
      var message = RunningServer.messageTo("user").toBuilder().setAppId(appId);
      CompletableFuture<BatchItemResult> result = new CompletableFuture<>();
      StreamObserver<BatchSendRequest> requests =
          with(NotificationServiceGrpc.newStub(channel))
              .batchSend(
                  new Collector<BatchSendResponse>(
                      response -> {
                        if (response.hasResult()) {
                          result.complete(response.getResult());
                        }
                      },
                      result));
      requests.onNext(BatchSendRequest.newBuilder().setSubscribeMessage(message).build());
      requests.onCompleted();
      try {
        return new Batch(result.get(20, TimeUnit.SECONDS), null);
      } catch (ExecutionException e) {
        return new Batch(null, (StatusRuntimeException) e.getCause());
      }
    }

    /** Every method of the operator's service. */
    List<@Nullable StatusRuntimeException> operations() {
      var stub = with(OperationsServiceGrpc.newBlockingStub(channel));
      List<@Nullable StatusRuntimeException> failures = new ArrayList<>();
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> stub.getTokenStatus(GetTokenStatusRequest.getDefaultInstance()),
              () -> stub.refreshToken(RefreshTokenRequest.getDefaultInstance()),
              () -> stub.explainErrcode(ExplainErrcodeRequest.getDefaultInstance()),
              () -> stub.listRecentFailures(ListRecentFailuresRequest.getDefaultInstance()))) {
        failures.add(catchThrowableOfType(StatusRuntimeException.class, call));
      }
      return failures;
    }

    @Nullable StatusRuntimeException unknownMethod() {
      MethodDescriptor<HealthCheckRequest, HealthCheckResponse> method =
          HealthGrpc.getCheckMethod().toBuilder()
              .setFullMethodName("wxnotify.v1.NotificationService/Nothing")
              .build();
      var stub = with(HealthGrpc.newBlockingStub(channel));
      return catchThrowableOfType(
          StatusRuntimeException.class,
          () ->
              ClientCalls.blockingUnaryCall(
                  stub.getChannel(),
                  method,
                  stub.getCallOptions(),
                  HealthCheckRequest.getDefaultInstance()));
    }

    @Nullable StatusRuntimeException reflection() throws Exception {
      CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
      StreamObserver<ServerReflectionRequest> questions =
          with(ServerReflectionGrpc.newStub(channel))
              .serverReflectionInfo(new Collector<>(answer::complete, answer));
      questions.onNext(ServerReflectionRequest.newBuilder().setListServices("*").build());
      questions.onCompleted();
      try {
        assertThat(answer.get(20, TimeUnit.SECONDS).hasListServicesResponse()).isTrue();
        return null;
      } catch (ExecutionException e) {
        return (StatusRuntimeException) e.getCause();
      }
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }

  private record Collector<T>(Consumer<T> to, CompletableFuture<?> result)
      implements StreamObserver<T> {
    @Override
    public void onNext(T value) {
      to.accept(value);
    }

    @Override
    public void onError(Throwable fault) {
      result.completeExceptionally(fault);
    }

    @Override
    public void onCompleted() {
      result.completeExceptionally(new AssertionError("nothing came"));
    }
  }
}
