package dev.wxnotify.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import dev.wxnotify.v1.SubscribeMessage;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotificationClientTest {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> USER_AGENT =
      Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);

  private final FakeService service = new FakeService();
  private final List<AutoCloseable> closeables = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : closeables) {
      each.close();
    }
    service.close();
  }

  @Test
  void send_accepted_returnsTheResponse() throws Exception {
    NotificationClient client = client(service.listen());

    assertThat(client.send(subscribe("o-1", "")).getMessageId()).isEqualTo("m-o-1");
    assertThat(client.send(seckill("o-2")).getMessageId()).isEqualTo("m-o-2");
    assertThat(service.sent).containsOnlyKeys("o-1", "o-2");
  }

  @Test
  void send_rejected_throwsWhatTheServiceSaid() throws Exception {
    SendError error =
        SendError.newBuilder()
            .setReason(ErrorReason.RATE_LIMITED)
            .setOutcome(Outcome.OUTCOME_REJECTED)
            .setRetryAfter(com.google.protobuf.Duration.newBuilder().setSeconds(7))
            .build();
    service.failure = FakeService.status(Status.Code.RESOURCE_EXHAUSTED, error);
    NotificationClient client = client(service.listen());

    SendException thrown =
        catchThrowableOfType(SendException.class, () -> client.send(subscribe("o-1", "")));

    assertThat(thrown.reason()).isEqualTo(ErrorReason.RATE_LIMITED);
    assertThat(thrown.outcome()).isEqualTo(Outcome.OUTCOME_REJECTED);
    assertThat(thrown.retryable()).isTrue();
    assertThat(thrown.safeToRepeat()).isTrue();
    assertThat(thrown.retryAfter()).contains(Duration.ofSeconds(7));
    assertThat(thrown).hasMessageContaining("RATE_LIMITED").hasCauseInstanceOf(Exception.class);
  }

  @Test
  void sendAsync_accepted_completes() throws Exception {
    NotificationClient client = client(service.listen());

    assertThat(client.sendAsync(subscribe("o-1", "")).get().getMessageId()).isEqualTo("m-o-1");
    assertThat(client.sendAsync(seckill("o-2")).get().getMessageId()).isEqualTo("m-o-2");
  }

  @Test
  void sendAsync_rejected_failsWithTheSameException() throws Exception {
    service.failure =
        FakeService.status(
            Status.Code.FAILED_PRECONDITION,
            SendError.newBuilder()
                .setReason(ErrorReason.USER_NOT_SUBSCRIBED)
                .setOutcome(Outcome.OUTCOME_REJECTED)
                .build());
    NotificationClient client = client(service.listen());

    CompletableFuture<SendSubscribeMessageResponse> future = client.sendAsync(subscribe("o-1", ""));

    assertThatThrownBy(future::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            SendException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.USER_NOT_SUBSCRIBED));
  }

  @Test
  void sendAsync_cancelled_cancelsTheCall() throws Exception {
    service.silent = true;
    NotificationClient client = client(service.listen());
    CompletableFuture<SendSubscribeMessageResponse> future = client.sendAsync(subscribe("o-1", ""));
    Await.until("the call arrived", () -> service.sentInAll() == 1);

    assertThat(future.cancel(true)).isTrue();

    Await.until("the server hears of it", () -> service.cancelled.get() == 1);
  }

  @Test
  void send_threadInterrupted_isUnknownAndCancelsTheCall() throws Exception {
    service.silent = true;
    NotificationClient client = client(service.listen());
    CompletableFuture<SendException> thrown = new CompletableFuture<>();
    CompletableFuture<Boolean> stillInterrupted = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                client.send(subscribe("o-1", ""));
              } catch (SendException e) {
                stillInterrupted.complete(Thread.currentThread().isInterrupted());
                thrown.complete(e);
              }
            });
    thread.start();
    Await.until("the call arrived", () -> service.sentInAll() == 1);

    thread.interrupt();

    assertThat(thrown.get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
    assertThat(stillInterrupted.get(20, TimeUnit.SECONDS)).isTrue();
    Await.until("the server hears of it", () -> service.cancelled.get() == 1);
  }

  @Test
  void deadline_default_isOnEveryCall() throws Exception {
    NotificationClient client =
        kept(
            NotificationClient.builder(service.listen())
                .plaintext()
                .defaultDeadline(Duration.ofHours(5))
                .customize(
                    builder -> builder.defaultServiceConfig(java.util.Collections.emptyMap()))
                .build());

    client.send(subscribe("o-1", ""));
    client.send(subscribe("o-1", ""), Duration.ofHours(1));

    assertThat(service.deadlines.get(0).timeRemaining(TimeUnit.MINUTES)).isBetween(290L, 300L);
    assertThat(service.deadlines.get(1).timeRemaining(TimeUnit.MINUTES)).isBetween(50L, 60L);
  }

  @Test
  void deadline_overAfterTheRequestWasWritten_isUnknown() throws Exception {
    service.silent = true;

    SendException thrown = sendUntilOneArrives(client(service.listen()));

    assertThat(thrown.failure().code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(thrown.outcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
    assertThat(thrown.safeToRepeat()).isFalse();
  }

  /**
   * Sends to a server that does not answer, with longer and longer deadlines, since a busy machine
   * may need all of a short one to connect.
   *
   * @return the failure of the first message that arrived within its deadline
   */
  private SendException sendUntilOneArrives(NotificationClient client) {
    for (Duration deadline = Duration.ofMillis(250); ; deadline = deadline.multipliedBy(2)) {
      String openId = "within-" + deadline.toMillis();
      Duration longest = deadline;
      SendException thrown =
          catchThrowableOfType(
              SendException.class, () -> client.send(subscribe(openId, ""), longest));
      if (service.sent.containsKey(openId)) {
        return thrown;
      }
    }
  }

  @Test
  void server_notThere_isWaitedForUntilTheDeadlineAndThenNotSent() throws Exception {
    String address = service.listen();
    service.close();
    NotificationClient client = client(address);

    SendException thrown =
        catchThrowableOfType(
            SendException.class, () -> client.send(subscribe("o-1", ""), Duration.ofMillis(300)));

    assertThat(thrown.reason()).isEqualTo(ErrorReason.DEADLINE_BEFORE_SEND);
    assertThat(thrown.outcome()).isEqualTo(Outcome.OUTCOME_NOT_SENT);
    assertThat(thrown.retryable()).isTrue();
  }

  @Test
  void server_notThere_failFast_isNotSentAtOnceAndNamesTheAddress() throws Exception {
    String address = service.listen();
    service.close();
    NotificationClient client =
        kept(NotificationClient.builder(address).plaintext().failFast().build());

    SendException thrown =
        catchThrowableOfType(SendException.class, () -> client.send(subscribe("o-1", "")));

    assertThat(thrown.failure().code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(thrown.outcome()).isEqualTo(Outcome.OUTCOME_NOT_SENT);
    assertThat(thrown.retryable()).isTrue();
    assertThat(thrown).hasMessageContaining(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "r-1"})
  void connection_resetAfterTheRequestWasWritten_isUnknown(String requestId) throws Exception {
    CuttingProxy proxy = kept(new CuttingProxy(service.listen()));
    service.silent = true;
    NotificationClient client = client(proxy.address());
    CompletableFuture<SendSubscribeMessageResponse> future =
        client.sendAsync(subscribe("o-1", requestId));
    Await.until("the call arrived", () -> service.sentInAll() == 1);

    proxy.cutNow();

    assertThatThrownBy(future::join)
        .cause()
        .isInstanceOfSatisfying(
            SendException.class,
            e -> {
              assertThat(e.outcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
              assertThat(e.safeToRepeat()).isEqualTo(!requestId.isEmpty());
              assertThat(e.retryable()).isEqualTo(!requestId.isEmpty());
              assertThat(e.failure().fromService()).isFalse();
            });
  }

  @Test
  void something_thatIsNoGrpcServer_isNotSentBecauseNothingWasWritten() throws Exception {
    NotificationClient client =
        kept(NotificationClient.builder(httpServer()).plaintext().failFast().build());

    SendException thrown =
        catchThrowableOfType(SendException.class, () -> client.send(subscribe("o-1", "")));

    assertThat(thrown.failure().fromService()).isFalse();
    assertThat(thrown.outcome()).isEqualTo(Outcome.OUTCOME_NOT_SENT);
  }

  @Test
  void request_tooLarge_isRejectedHere() throws Exception {
    NotificationClient client = client(service.listen());
    SendSubscribeMessageRequest request = subscribe("x".repeat(Failures.MAX_REQUEST), "");

    SendException thrown = catchThrowableOfType(SendException.class, () -> client.send(request));

    assertThat(thrown.reason()).isEqualTo(ErrorReason.INVALID_REQUEST);
    assertThat(thrown.outcome()).isEqualTo(Outcome.OUTCOME_REJECTED);
    assertThat(service.headers).isEmpty();
  }

  @Test
  void bearerToken_isAskedForEachCall() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    NotificationClient client =
        kept(
            NotificationClient.builder(service.listen())
                .plaintext()
                .bearerToken(() -> "token-" + asked.incrementAndGet())
                .build());

    client.send(subscribe("o-1", ""));
    client.send(subscribe("o-1", ""));

    assertThat(service.headers)
        .extracting(headers -> headers.get(AUTHORIZATION))
        .containsExactly("Bearer token-1", "Bearer token-2");
  }

  @Test
  void bearerToken_notToBeHad_isNotSent() throws Exception {
    NotificationClient client =
        kept(
            NotificationClient.builder(service.listen())
                .plaintext()
                .bearerToken(
                    () -> {
                      throw new IllegalStateException("no token today");
                    })
                .build());

    SendException thrown =
        catchThrowableOfType(SendException.class, () -> client.send(subscribe("o-1", "")));

    assertThat(thrown.outcome()).isEqualTo(Outcome.OUTCOME_NOT_SENT);
    assertThat(thrown.failure().code()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(thrown.retryable()).isFalse();
    assertThat(service.headers).isEmpty();
  }

  @Test
  void userAgent_isSent() throws Exception {
    String address = service.listen();
    client(address).send(subscribe("o-1", ""));
    kept(NotificationClient.builder(address).plaintext().userAgent("shop/1.2").build())
        .send(subscribe("o-1", ""));

    assertThat(service.headers.get(0).get(USER_AGENT)).startsWith("wxnotify-java/");
    assertThat(service.headers.get(1).get(USER_AGENT)).startsWith("shop/1.2 ");
  }

  @Test
  void servers_severalInAList_shareTheCalls() throws Exception {
    FakeService other = kept(new FakeService());
    NotificationClient client =
        kept(
            NotificationClient.builder(List.of(service.listen(), "localhost:" + port(other)))
                .plaintext()
                .build());

    Await.until(
        "both are called",
        () -> {
          client.send(subscribe("o-1", ""));
          return service.sentInAll() > 0 && other.sentInAll() > 0;
        });
  }

  @Test
  void servers_oneOfThemDead_theOtherAnswers() throws Exception {
    FakeService dead = new FakeService();
    String deadAddress = dead.listen();
    dead.close();
    NotificationClient client =
        kept(
            NotificationClient.builder(List.of(deadAddress, service.listen())).plaintext().build());

    for (int i = 0; i < 5; i++) {
      client.send(subscribe("o-" + i, ""));
    }

    assertThat(service.sentInAll()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "host", "host:", ":9090", "host:port", "host:70000"})
  void server_malformed_isRefused(String server) {
    assertThatThrownBy(() -> NotificationClient.builder(List.of(server)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: host:port");
  }

  @Test
  void servers_none_isRefused() {
    assertThatThrownBy(() -> NotificationClient.builder(List.<String>of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void channel_given_staysOpen() throws Exception {
    ManagedChannel channel =
        Grpc.newChannelBuilder(service.listen(), InsecureChannelCredentials.create()).build();
    closeables.add(channel::shutdownNow);

    NotificationClient client = NotificationClient.builder(channel).bearerToken("t").build();
    client.send(subscribe("o-1", ""));
    client.close();

    assertThat(channel.isShutdown()).isFalse();
    assertThat(service.headers.get(0).get(AUTHORIZATION)).isEqualTo("Bearer t");
  }

  @Test
  void channel_given_isNotToldHowToConnect() {
    ManagedChannel channel = InProcessChannelBuilder.forName("nobody").build();
    closeables.add(channel::shutdownNow);

    assertThatThrownBy(() -> NotificationClient.builder(channel).plaintext().build())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void channel_own_isClosed() throws Exception {
    NotificationClient client = client(service.listen());
    client.send(subscribe("o-1", ""));

    client.close();

    SendException thrown =
        catchThrowableOfType(SendException.class, () -> client.send(subscribe("o-1", "")));
    assertThat(thrown.outcome()).isEqualTo(Outcome.OUTCOME_NOT_SENT);
  }

  @Test
  void inProcess_channel_worksToo() throws Exception {
    closeables.add(
        InProcessServerBuilder.forName("in-process").addService(service).build().start()
            ::shutdownNow);
    ManagedChannel channel = InProcessChannelBuilder.forName("in-process").build();
    closeables.add(channel::shutdownNow);
    service.silent = true;

    SendException thrown = sendUntilOneArrives(NotificationClient.builder(channel).build());

    assertThat(thrown.outcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
  }

  private NotificationClient client(String address) {
    return kept(NotificationClient.builder(address).plaintext().build());
  }

  private <T extends AutoCloseable> T kept(T closeable) {
    closeables.add(closeable);
    return closeable;
  }

  private static int port(FakeService service) throws IOException {
    String address = service.listen();
    return Integer.parseInt(address.substring(address.indexOf(':') + 1));
  }

  /** Answers everything like an old web server. */
  private String httpServer() throws IOException {
    ServerSocket server = kept(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  try (Socket socket = server.accept()) {
                    OutputStream out = socket.getOutputStream();
                    out.write(
                        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                  }
                }
              } catch (IOException e) {
                // It was closed.
              }
            });
    thread.setDaemon(true);
    thread.start();
    return "127.0.0.1:" + server.getLocalPort();
  }

  private static SendSubscribeMessageRequest subscribe(String openId, String requestId) {
    return SendSubscribeMessageRequest.newBuilder()
        .setMessage(SubscribeMessage.newBuilder().setOpenId(openId))
        .setRequestId(requestId)
        .build();
  }

  private static SendSeckillMessageRequest seckill(String openId) {
    return SendSeckillMessageRequest.newBuilder()
        .setMessage(SeckillMessage.newBuilder().setOpenId(openId))
        .build();
  }
}
