package dev.wxnotify.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.DeliveryReport;
import dev.wxnotify.v1.DeliveryStatus;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.EventServiceGrpc.EventServiceImplBase;
import dev.wxnotify.v1.GetAccessTokenRequest;
import dev.wxnotify.v1.GetAccessTokenResponse;
import dev.wxnotify.v1.GetMessageRequest;
import dev.wxnotify.v1.GetMessageResponse;
import dev.wxnotify.v1.GetSubscriptionsRequest;
import dev.wxnotify.v1.GetSubscriptionsResponse;
import dev.wxnotify.v1.GetTemplateRequest;
import dev.wxnotify.v1.GetTemplateResponse;
import dev.wxnotify.v1.Keyword;
import dev.wxnotify.v1.ListMessagesRequest;
import dev.wxnotify.v1.ListMessagesResponse;
import dev.wxnotify.v1.Message;
import dev.wxnotify.v1.MessageServiceGrpc.MessageServiceImplBase;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.RejectAccessTokenRequest;
import dev.wxnotify.v1.RejectAccessTokenResponse;
import dev.wxnotify.v1.ReportSubscriptionsRequest;
import dev.wxnotify.v1.ReportSubscriptionsResponse;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import dev.wxnotify.v1.SubscribeMessage;
import dev.wxnotify.v1.Subscription;
import dev.wxnotify.v1.SubscriptionServiceGrpc.SubscriptionServiceImplBase;
import dev.wxnotify.v1.SubscriptionState;
import dev.wxnotify.v1.Template;
import dev.wxnotify.v1.TemplateServiceGrpc.TemplateServiceImplBase;
import dev.wxnotify.v1.TokenServiceGrpc.TokenServiceImplBase;
import dev.wxnotify.v1.WatchEventsRequest;
import dev.wxnotify.v1.WatchEventsResponse;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc: the code between the markers runs here and appears there. */
class ExamplesTest {
  private static final Path SOURCES = Path.of("src/main/java/dev/wxnotify/client");
  private static final Path THIS = Path.of("src/test/java/dev/wxnotify/client/ExamplesTest.java");

  private final FakeService service = new FakeService();
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final NotificationClient client;

  ExamplesTest() throws IOException {
    client = NotificationClient.builder(service.listen()).plaintext().build();
  }

  @AfterEach
  void close() {
    client.close();
    service.close();
  }

  @Test
  void connect() {
    String token = "t";

    // example
    NotificationClient client =
        NotificationClient.builder("dns:///wxnotify.internal:9090").bearerToken(token).build();
    // end

    client.close();
  }

  @Test
  void send() {
    String openId = "o-1";
    String templateId = "t-1";

    // example
    try {
      SendSubscribeMessageResponse accepted =
          client.send(
              SendSubscribeMessageRequest.newBuilder()
                  .setMessage(
                      SubscribeMessage.newBuilder()
                          .setOpenId(openId)
                          .setTemplateId(templateId)
                          .putData("thing1", "Coffee"))
                  .setRequestId("order-1001")
                  .build());
      log("WeChat's message id is " + accepted.getMessageId());
    } catch (SendException e) {
      if (e.reason() == ErrorReason.USER_NOT_SUBSCRIBED) {
        log("ask the user again in the Mini Program");
      } else if (e.retryable()) {
        log("retry in " + e.retryAfter().orElse(Duration.ofSeconds(1)));
      } else if (e.outcome() == Outcome.OUTCOME_UNKNOWN) {
        log("the user may have got it: " + e.getMessage());
      } else {
        log("not sent: " + e.getMessage());
      }
    }
    // end

    assertThat(log).containsExactly("WeChat's message id is m-o-1");
  }

  @Test
  @SuppressWarnings("FutureReturnValueIgnored") // As most callers do.
  void sendAsync() throws Exception {
    SendSeckillMessageRequest request =
        SendSeckillMessageRequest.newBuilder()
            .setMessage(SeckillMessage.newBuilder().setOpenId("o-1"))
            .build();

    // example
    client
        .sendAsync(request)
        .whenComplete(
            (accepted, failure) -> {
              if (failure == null) {
                log("WeChat's message id is " + accepted.getMessageId());
              } else {
                log("not accepted: " + failure.getMessage());
              }
            });
    // end

    Await.until("it is logged", () -> log.contains("WeChat's message id is m-o-1"));
  }

  @Test
  void sendAll() throws Exception {
    Iterator<BatchSendRequest> items = FakeService.items(3, true).iterator();

    // example
    BatchReport report =
        client
            .batch()
            .retryItems(5, Duration.ofMinutes(2))
            .sendAll(
                items, result -> log(result.request().getRequestId() + " " + result.outcome()));
    if (!report.isAllAccepted()) {
      log("not all were accepted: " + report);
    }
    // end

    assertThat(log).hasSize(3).contains("row-0 OUTCOME_ACCEPTED");
  }

  @Test
  void results() throws Exception {
    Iterator<BatchSendRequest> items = FakeService.items(3, true).iterator();

    // example
    try (BatchResults results = client.batch().results(items)) {
      while (results.hasNext()) {
        BatchResult result = results.next();
        log(result.index() + " " + result.outcome());
      }
    }
    // end

    assertThat(log).hasSize(3).contains("2 OUTCOME_ACCEPTED");
  }

  @Test
  void open() throws Exception {
    List<BatchSendRequest> items = FakeService.items(3, true);

    // example
    try (BatchSender sender = client.batch().open(result -> log(result.toString()))) {
      for (BatchSendRequest item : items) {
        sender.send(item); // Waits while the window is full.
      }
      sender.complete();
      log(sender.await().toString());
    }
    // end

    assertThat(log).hasSize(4).contains("3 items: 3 accepted, 0 rejected, 0 not sent, 0 unknown");
  }

  @Test
  void template() throws IOException {
    String templateId = "t-1";
    try (Beside service = new Beside(new FakeTemplates());
        NotificationClient client = service.client()) {

      // example
      Template template =
          client
              .templates()
              .get(GetTemplateRequest.newBuilder().setTemplateId(templateId).build())
              .getTemplate();
      for (Keyword keyword : template.getKeywordsList()) {
        log(keyword.getKey() + " is " + keyword.getLabel());
      }
      // end
    }

    assertThat(log).containsExactly("thing1 is 物品");
  }

  @Test
  void token() throws IOException {
    FakeTokens fake = new FakeTokens();
    try (Beside service = new Beside(fake);
        NotificationClient client = service.client()) {

      // example
      TokenClient tokens = client.tokens();
      GetAccessTokenResponse token = tokens.get();
      int errcode = callWeChat(token.getAccessToken());
      if (errcode == 40001 || errcode == 40014 || errcode == 42001) {
        tokens.reject(token.getFingerprint(), errcode);
        callWeChat(tokens.get().getAccessToken());
      }
      // end
    }

    assertThat(log).containsExactly("token-1", "token-2");
    assertThat(fake.rejected).isEqualTo("f-1");
  }

  @Test
  void watch() throws Exception {
    FakeReceipts fake = new FakeReceipts();
    String lastCursor = "1";
    try (Beside service = new Beside(fake);
        NotificationClient client = service.client()) {

      // example
      WatchEventsRequest request = WatchEventsRequest.newBuilder().setCursor(lastCursor).build();
      try (EventWatch watch =
          client
              .events()
              .watch(
                  request,
                  event -> {
                    if (event.hasDelivery()) {
                      DeliveryReport report = event.getDelivery();
                      log(report.getRequestId() + " " + report.getStatus());
                    }
                  })) {
        watch.await().ifPresent(why -> log("the watch ended: " + why));
      }
      // end
    }

    assertThat(log).hasSize(2).contains("order-1001 DELIVERY_STATUS_DELIVERED");
    assertThat(log.get(1)).startsWith("the watch ended: ").contains("CURSOR_EXPIRED");
  }

  @Test
  void messages() throws IOException {
    try (Beside service = new Beside(new FakeMessages());
        NotificationClient client = service.client()) {

      // example
      Message message = client.messages().getByRequestId("order-1001");
      log(message.getOutcome() + ", " + message.getDeliveryStatus());

      ListMessagesRequest failed =
          ListMessagesRequest.newBuilder()
              .setRequestIdPrefix("campaign-7/")
              .setDeliveryStatus(DeliveryStatus.DELIVERY_STATUS_FAILED)
              .build();
      client.messages().listAll(failed).forEachRemaining(each -> log(each.getOpenId()));
      // end
    }

    assertThat(log).containsExactly("OUTCOME_ACCEPTED, DELIVERY_STATUS_DELIVERED", "alice");
  }

  @Test
  void subscriptions() throws IOException {
    String openId = "alice";
    String reportId = "report-1";
    Map<String, String> resultsOfWxRequestSubscribeMessage = Map.of("t-1", "accept");
    try (Beside service = new Beside(new FakeSubscriptions());
        NotificationClient client = service.client()) {

      // example
      client
          .subscriptions()
          .report(
              ReportSubscriptionsRequest.newBuilder()
                  .setOpenId(openId)
                  .setReportId(reportId)
                  .putAllResults(resultsOfWxRequestSubscribeMessage)
                  .build());
      for (Subscription each :
          client
              .subscriptions()
              .get(GetSubscriptionsRequest.newBuilder().setOpenId(openId).build())
              .getSubscriptionsList()) {
        log(each.getTemplateId() + " " + each.getState());
      }
      // end
    }

    assertThat(log).containsExactly("t-1 SUBSCRIPTION_STATE_ACCEPTED");
  }

  /** Refuses the first token. */
  private int callWeChat(String token) {
    log(token);
    return token.equals("token-1") ? 42001 : 0;
  }

  @Test
  void examples_ofTheJavadoc_areTheOnesAbove() throws IOException {
    List<String> tested = blocks(Files.readString(THIS), "(?s)\n *// example\n(.*?)\n *// end", "");
    List<String> documented = new ArrayList<>();
    try (Stream<Path> sources = Files.list(SOURCES)) {
      for (Path source : sources.toList()) {
        documented.addAll(
            blocks(Files.readString(source), "(?s)<pre>\\{@code\n(.*?)\n \\* }</pre>", " \\* ?"));
      }
    }

    assertThat(documented).hasSize(11).containsExactlyInAnyOrderElementsOf(tested);
  }

  /** Returns the matching blocks, without line prefix and indentation. */
  private static List<String> blocks(String text, String pattern, String prefix) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1).replaceAll("(?m)^" + prefix, ""))
        .map(String::stripIndent)
        .toList();
  }

  private void log(String line) {
    log.add(line);
  }

  /** A server with one service. */
  private static final class Beside implements AutoCloseable {
    private final Server server;

    Beside(BindableService service) throws IOException {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addService(service)
              .build()
              .start();
    }

    NotificationClient client() {
      return NotificationClient.builder("127.0.0.1:" + server.getPort()).plaintext().build();
    }

    @Override
    public void close() {
      server.shutdownNow();
    }
  }

  /** Has one receipt, and then nothing more. */
  private static final class FakeReceipts extends EventServiceImplBase {
    @Override
    public void watchEvents(
        WatchEventsRequest request, StreamObserver<WatchEventsResponse> responses) {
      responses.onNext(
          WatchEventsResponse.newBuilder()
              .setEvent(
                  Event.newBuilder()
                      .setCursor("2")
                      .setDelivery(
                          DeliveryReport.newBuilder()
                              .setRequestId("order-1001")
                              .setStatus(DeliveryStatus.DELIVERY_STATUS_DELIVERED)))
              .build());
      responses.onError(
          FakeService.status(
              Status.Code.OUT_OF_RANGE,
              SendError.newBuilder()
                  .setReason(ErrorReason.CURSOR_EXPIRED)
                  .setOutcome(Outcome.OUTCOME_REJECTED)
                  .build()));
    }
  }

  private static final class FakeMessages extends MessageServiceImplBase {
    @Override
    public void getMessage(
        GetMessageRequest request, StreamObserver<GetMessageResponse> responses) {
      responses.onNext(
          GetMessageResponse.newBuilder()
              .setMessage(
                  Message.newBuilder()
                      .setOutcome(Outcome.OUTCOME_ACCEPTED)
                      .setDeliveryStatus(DeliveryStatus.DELIVERY_STATUS_DELIVERED))
              .build());
      responses.onCompleted();
    }

    @Override
    public void listMessages(
        ListMessagesRequest request, StreamObserver<ListMessagesResponse> responses) {
      responses.onNext(
          ListMessagesResponse.newBuilder()
              .addMessages(Message.newBuilder().setOpenId("alice"))
              .build());
      responses.onCompleted();
    }
  }

  /** Knows what was reported. */
  private static final class FakeSubscriptions extends SubscriptionServiceImplBase {
    private final Map<String, String> reported = new ConcurrentHashMap<>();

    @Override
    public void reportSubscriptions(
        ReportSubscriptionsRequest request, StreamObserver<ReportSubscriptionsResponse> responses) {
      reported.putAll(request.getResultsMap());
      responses.onNext(ReportSubscriptionsResponse.getDefaultInstance());
      responses.onCompleted();
    }

    @Override
    public void getSubscriptions(
        GetSubscriptionsRequest request, StreamObserver<GetSubscriptionsResponse> responses) {
      GetSubscriptionsResponse.Builder all = GetSubscriptionsResponse.newBuilder();
      reported.forEach(
          (template, answer) ->
              all.addSubscriptions(
                  Subscription.newBuilder()
                      .setTemplateId(template)
                      .setState(SubscriptionState.SUBSCRIPTION_STATE_ACCEPTED)));
      responses.onNext(all.build());
      responses.onCompleted();
    }
  }

  private static final class FakeTemplates extends TemplateServiceImplBase {
    @Override
    public void getTemplate(
        GetTemplateRequest request, StreamObserver<GetTemplateResponse> responses) {
      responses.onNext(
          GetTemplateResponse.newBuilder()
              .setTemplate(
                  Template.newBuilder()
                      .setTemplateId(request.getTemplateId())
                      .addKeywords(Keyword.newBuilder().setKey("thing1").setLabel("物品")))
              .build());
      responses.onCompleted();
    }
  }

  /** Has another token once one was rejected. */
  private static final class FakeTokens extends TokenServiceImplBase {
    volatile String rejected = "";

    @Override
    public void getAccessToken(
        GetAccessTokenRequest request, StreamObserver<GetAccessTokenResponse> responses) {
      String number = rejected.isEmpty() ? "1" : "2";
      responses.onNext(
          GetAccessTokenResponse.newBuilder()
              .setAccessToken("token-" + number)
              .setFingerprint("f-" + number)
              .build());
      responses.onCompleted();
    }

    @Override
    public void rejectAccessToken(
        RejectAccessTokenRequest request, StreamObserver<RejectAccessTokenResponse> responses) {
      rejected = request.getFingerprint();
      responses.onNext(RejectAccessTokenResponse.getDefaultInstance());
      responses.onCompleted();
    }
  }
}
