package dev.wxnotify.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.Status;
import dev.wxnotify.v1.DeliveryReport;
import dev.wxnotify.v1.DeliveryStatus;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.EventKind;
import dev.wxnotify.v1.EventServiceGrpc.EventServiceImplBase;
import dev.wxnotify.v1.GetMessageRequest;
import dev.wxnotify.v1.GetMessageResponse;
import dev.wxnotify.v1.GetSubscriptionsRequest;
import dev.wxnotify.v1.GetSubscriptionsResponse;
import dev.wxnotify.v1.Heartbeat;
import dev.wxnotify.v1.ListMessagesRequest;
import dev.wxnotify.v1.ListMessagesResponse;
import dev.wxnotify.v1.Message;
import dev.wxnotify.v1.MessageKind;
import dev.wxnotify.v1.MessageServiceGrpc.MessageServiceImplBase;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.ReportSubscriptionsRequest;
import dev.wxnotify.v1.ReportSubscriptionsResponse;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.Subscription;
import dev.wxnotify.v1.SubscriptionAnswer;
import dev.wxnotify.v1.SubscriptionChange;
import dev.wxnotify.v1.SubscriptionServiceGrpc.SubscriptionServiceImplBase;
import dev.wxnotify.v1.SubscriptionSource;
import dev.wxnotify.v1.SubscriptionState;
import dev.wxnotify.v1.WatchEventsRequest;
import dev.wxnotify.v1.WatchEventsResponse;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The commands that show events, messages and subscriptions, against services that say little. */
class JournalCommandsTest {
  private static final Timestamp TIME = Timestamp.newBuilder().setSeconds(1_700_000_000).build();
  private static final String SHOWN = "2023-11-14T22:13:20Z";
  private static final Event RECEIPT =
      Event.newBuilder()
          .setCursor("c1")
          .setAppId("wx-1")
          .setKind(EventKind.EVENT_KIND_DELIVERY)
          .setOpenId("alice")
          .setTemplateId("T1")
          .setOccurredAt(TIME)
          .setDelivery(
              DeliveryReport.newBuilder()
                  .setStatus(DeliveryStatus.DELIVERY_STATUS_FAILED)
                  .setMessageId("77")
                  .setRequestId("order-1")
                  .setErrorCode("12")
                  .setErrorStatus("failed:\nsystem"))
          .build();
  private static final Event REJECTION =
      Event.newBuilder()
          .setCursor("c2")
          .setAppId("wx-1")
          .setKind(EventKind.EVENT_KIND_SUBSCRIPTION)
          .setOpenId("bob")
          .setTemplateId("T2")
          .setOccurredAt(TIME)
          .setSubscription(
              SubscriptionChange.newBuilder()
                  .setAnswer(SubscriptionAnswer.SUBSCRIPTION_ANSWER_REJECTED)
                  .setRawAnswer("reject")
                  .setSource(SubscriptionSource.SUBSCRIPTION_SOURCE_REPORTED))
          .build();
  private static final Message MESSAGE =
      Message.newBuilder()
          .setAppId("wx-1")
          .setMessageId("77")
          .setRequestId("order-1")
          .setCaller("crm")
          .setOpenId("alice")
          .setTemplateId("T1")
          .setKind(MessageKind.MESSAGE_KIND_SUBSCRIBE)
          .setOutcome(Outcome.OUTCOME_REJECTED)
          .setReason(ErrorReason.USER_NOT_SUBSCRIBED)
          .setWechatErrcode(43101)
          .setWechatErrmsg("user refuse")
          .setWechatRid("rid-1")
          .setBeganAt(TIME)
          .setEndedAt(TIME)
          .setAttempts(1)
          .build();

  private final Events events = new Events();
  private final Messages messages = new Messages();
  private final Users users = new Users();
  private final Server server;
  private final String address;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  JournalCommandsTest() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(events)
            .addService(messages)
            .addService(users)
            .build()
            .start();
    address = "127.0.0.1:" + server.getPort();
  }

  @AfterEach
  void close() {
    server.shutdownNow();
  }

  private static StatusRuntimeException error(io.grpc.Status.Code code, ErrorReason reason) {
    return StatusProto.toStatusRuntimeException(
        Status.newBuilder()
            .setCode(code.value())
            .addDetails(
                Any.pack(
                    SendError.newBuilder()
                        .setCode(code.value())
                        .setReason(reason)
                        .setOutcome(Outcome.OUTCOME_REJECTED)
                        .setMessage("why")
                        .build()))
            .build());
  }

  /** Has two events, and ends as the test says. */
  private static final class Events extends EventServiceImplBase {
    final List<WatchEventsRequest> requests = new CopyOnWriteArrayList<>();
    volatile @Nullable StatusRuntimeException first;
    volatile @Nullable StatusRuntimeException last;

    @Override
    public void watchEvents(
        WatchEventsRequest request, StreamObserver<WatchEventsResponse> responses) {
      requests.add(request);
      StatusRuntimeException failure = first;
      if (failure != null) {
        responses.onError(failure);
        return;
      }
      responses.onNext(heartbeat("c0"));
      responses.onNext(WatchEventsResponse.newBuilder().setEvent(RECEIPT).build());
      responses.onNext(WatchEventsResponse.newBuilder().setEvent(REJECTION).build());
      responses.onNext(heartbeat("c3"));
      StatusRuntimeException end = last;
      if (end != null) {
        responses.onError(end);
      }
    }

    private static WatchEventsResponse heartbeat(String cursor) {
      return WatchEventsResponse.newBuilder()
          .setHeartbeat(Heartbeat.newBuilder().setCursor(cursor))
          .build();
    }
  }

  private static final class Messages extends MessageServiceImplBase {
    final List<GetMessageRequest> gets = new CopyOnWriteArrayList<>();
    final List<ListMessagesRequest> lists = new CopyOnWriteArrayList<>();

    @Override
    public void getMessage(
        GetMessageRequest request, StreamObserver<GetMessageResponse> responses) {
      gets.add(request);
      if (request.getMessageId().equals("lost")) {
        responses.onError(error(io.grpc.Status.Code.NOT_FOUND, ErrorReason.NOT_FOUND));
        return;
      }
      responses.onNext(GetMessageResponse.newBuilder().setMessage(MESSAGE).build());
      responses.onCompleted();
    }

    @Override
    public void listMessages(
        ListMessagesRequest request, StreamObserver<ListMessagesResponse> responses) {
      lists.add(request);
      responses.onNext(
          ListMessagesResponse.newBuilder()
              .addMessages(MESSAGE)
              .addMessages(
                  Message.newBuilder()
                      .setOpenId("bob")
                      .setTemplateId("T2")
                      .setOutcome(Outcome.OUTCOME_ACCEPTED)
                      .setMessageId("78")
                      .setBeganAt(TIME)
                      .setDeliveryStatus(DeliveryStatus.DELIVERY_STATUS_DELIVERED))
              .setNextPageToken("next")
              .build());
      responses.onCompleted();
    }
  }

  private static final class Users extends SubscriptionServiceImplBase {
    final List<GetSubscriptionsRequest> gets = new CopyOnWriteArrayList<>();
    final List<ReportSubscriptionsRequest> reports = new CopyOnWriteArrayList<>();

    @Override
    public void getSubscriptions(
        GetSubscriptionsRequest request, StreamObserver<GetSubscriptionsResponse> responses) {
      gets.add(request);
      responses.onNext(
          GetSubscriptionsResponse.newBuilder()
              .addSubscriptions(
                  Subscription.newBuilder()
                      .setTemplateId("T1")
                      .setState(SubscriptionState.SUBSCRIPTION_STATE_USED_UP)
                      .setKnownCredits(0)
                      .setLastAcceptedAt(TIME)
                      .setLastRefusedAt(TIME))
              .addSubscriptions(
                  Subscription.newBuilder()
                      .setTemplateId("T2")
                      .setState(SubscriptionState.SUBSCRIPTION_STATE_UNKNOWN))
              .build());
      responses.onCompleted();
    }

    @Override
    public void reportSubscriptions(
        ReportSubscriptionsRequest request, StreamObserver<ReportSubscriptionsResponse> responses) {
      reports.add(request);
      responses.onNext(ReportSubscriptionsResponse.getDefaultInstance());
      responses.onCompleted();
    }
  }

  private int run(Object command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--server=" + address);
    return new CommandLine(command)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(all.toArray(new String[0]));
  }

  @Test
  void events_areWhatIsKept_aLineEach_andTheCursorIsSaid() {
    assertThat(run(new EventsCommand())).isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            SHOWN
                + "  failed     wx-1  alice  T1  message_id 77  request_id order-1  error 12"
                + " failed: system",
            SHOWN + "  rejected   wx-1  bob  T2  by reported  'reject'");
    assertThat(err.toString().lines())
        .containsExactly("wxnotify: to continue from here: --cursor c3");
    assertThat(events.requests)
        .containsExactly(
            WatchEventsRequest.newBuilder().setSince(Timestamp.getDefaultInstance()).build());
  }

  @Test
  void events_asJson_areOneObjectOnEachLine() throws Exception {
    assertThat(run(new EventsCommand(), "--output=json")).isZero();

    List<Event> read = new ArrayList<>();
    for (String line : out.toString().lines().toList()) {
      Event.Builder event = Event.newBuilder();
      JsonFormat.parser().merge(line, event);
      read.add(event.build());
    }
    assertThat(read).containsExactly(RECEIPT, REJECTION);
  }

  @Test
  void events_optionsAreInTheRequest() {
    assertThat(
            run(
                new EventsCommand(),
                "--app-id=wx-1",
                "--kind=delivery,subscription",
                "--since=2023-11-14T22:13:20Z"))
        .isZero();
    assertThat(run(new EventsCommand(), "--kind=subscription", "--cursor=c9")).isZero();

    assertThat(events.requests)
        .containsExactly(
            WatchEventsRequest.newBuilder()
                .setAppId("wx-1")
                .addKinds(EventKind.EVENT_KIND_DELIVERY)
                .addKinds(EventKind.EVENT_KIND_SUBSCRIPTION)
                .setSince(TIME)
                .build(),
            WatchEventsRequest.newBuilder()
                .addKinds(EventKind.EVENT_KIND_SUBSCRIPTION)
                .setCursor("c9")
                .build());
  }

  @Test
  void events_afterTheReaderHasLeft_areNotPassedByTheCursor() {
    Writer pipe =
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) {
            out.write(text, from, length);
          }

          @Override
          public void flush() throws IOException {
            if (out.toString().lines().count() > 1) {
              throw new IOException("Broken pipe");
            }
          }

          @Override
          public void close() {}
        };
    int code =
        new CommandLine(new EventsCommand())
            .setOut(new PrintWriter(pipe))
            .setErr(new PrintWriter(err))
            .execute("--follow", "--server=" + address);

    assertThat(code).isZero();
    assertThat(err.toString().lines())
        .containsExactly("wxnotify: to continue from here: --cursor c1");
  }

  @Test
  void events_sinceAWhileAgo_isThatTime() {
    Instant before = Instant.now();
    assertThat(run(new EventsCommand(), "--since=15m")).isZero();

    long seconds = events.requests.get(0).getSince().getSeconds();
    assertThat(Instant.ofEpochSecond(seconds + 15 * 60))
        .isBetween(before.minusSeconds(1), Instant.now());
  }

  @Test
  void events_follow_goesOnOverAFault_andEndsWithOneThatStays() {
    events.last = error(io.grpc.Status.Code.OUT_OF_RANGE, ErrorReason.CURSOR_EXPIRED);

    assertThat(run(new EventsCommand(), "--follow")).isEqualTo(1);

    assertThat(events.requests).containsExactly(WatchEventsRequest.getDefaultInstance());
    assertThat(out.toString().lines()).hasSize(2);
    assertThat(err.toString())
        .contains("to continue from here: --cursor c3")
        .contains("REJECTED  CURSOR_EXPIRED  (OUT_OF_RANGE)");
  }

  @Test
  void events_ofAServerThatCannotSayThem_areAnErrorAtOnce() {
    events.first = error(io.grpc.Status.Code.UNAVAILABLE, ErrorReason.JOURNAL_UNAVAILABLE);

    assertThat(run(new EventsCommand(), "--follow", "--cursor=c9")).isEqualTo(1);

    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("JOURNAL_UNAVAILABLE").doesNotContain("--cursor");
  }

  @Test
  void events_ofNoServer_areAnErrorAtOnce() {
    server.shutdownNow();

    assertThat(run(new EventsCommand(), "--follow")).isEqualTo(1);

    assertThat(err.toString()).contains("NO ANSWER  UNAVAILABLE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--since=yesterday",
        "--kind=receipt",
        "--output=xml",
        "--since=1h --cursor=c1",
      })
  void events_wrongOptions_areNamed(String options) {
    assertThat(run(new EventsCommand(), options.split(" "))).isEqualTo(2);

    assertThat(err.toString()).contains(options.substring(0, options.indexOf('=')));
    assertThat(events.requests).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-03-01", "2026-02-30T00:00:00Z", "2026-03-01T08:00:00+xx:00", "7 d"})
  void time_thatIsNone_isAMistakeThatNamesTheForm(String time) {
    assertThat(run(new EventsCommand(), "--since", time)).isEqualTo(2);

    assertThat(err.toString())
        .contains("--since")
        .contains("'" + time + "' (expected: a time such as 2026-03-01T08:00:00+08:00, or 30s");
  }

  @Test
  void message_isShownWhole() {
    assertThat(run(new MessagesCommand(), "get", "--request-id=order-1", "--app=wx-1")).isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            "REJECTED  USER_NOT_SUBSCRIBED",
            "  message id  77",
            "  request id  order-1",
            "  app         wx-1",
            "  caller      crm",
            "  open id     alice",
            "  template    T1",
            "  kind        subscribe",
            "  began at    " + SHOWN,
            "  ended at    " + SHOWN,
            "  attempts    1",
            "  errcode     43101  user refuse",
            "  rid         rid-1");
    assertThat(messages.gets)
        .containsExactly(
            GetMessageRequest.newBuilder().setAppId("wx-1").setRequestId("order-1").build());
  }

  @Test
  void message_thatIsNotThere_isAnError_andItsIdIsRequired() {
    assertThat(run(new MessagesCommand(), "get", "--message-id=lost")).isEqualTo(1);
    assertThat(err.toString()).contains("REJECTED  NOT_FOUND  (NOT_FOUND)");
    assertThat(run(new MessagesCommand(), "get")).isEqualTo(2);
    assertThat(run(new MessagesCommand(), "get", "--message-id=1", "--request-id=2")).isEqualTo(2);
    assertThat(messages.gets).hasSize(1);
  }

  @Test
  void messages_areATable_andSayTheNextPage() {
    assertThat(run(new MessagesCommand(), "list")).isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            "BEGAN AT              OUTCOME   REASON               DELIVERY   OPEN ID  TEMPLATE "
                + " REQUEST ID  MESSAGE ID",
            SHOWN + "  REJECTED  USER_NOT_SUBSCRIBED  -          alice    T1        order-1     77",
            SHOWN + "  ACCEPTED  -                    delivered  bob      T2        -           78",
            "",
            "2 messages",
            "the next page: --page-token next");
    assertThat(messages.lists).containsExactly(ListMessagesRequest.getDefaultInstance());
  }

  @Test
  void messages_filtersAreInTheRequest_andJsonIsTheResponse() throws Exception {
    assertThat(
            run(
                new MessagesCommand(),
                "list",
                "--app-id=wx-1",
                "--open-id=alice",
                "--template-id=T1",
                "--request-id-prefix=campaign-",
                "--outcome=not-sent",
                "--reason=USER_NOT_SUBSCRIBED",
                "--delivery=failed",
                "--from=" + SHOWN,
                "--to=2023-11-14T22:13:21Z",
                "--page-size=7",
                "--page-token=next",
                "--output=json"))
        .isZero();

    assertThat(messages.lists)
        .containsExactly(
            ListMessagesRequest.newBuilder()
                .setAppId("wx-1")
                .setOpenId("alice")
                .setTemplateId("T1")
                .setRequestIdPrefix("campaign-")
                .setOutcome(Outcome.OUTCOME_NOT_SENT)
                .setReason(ErrorReason.USER_NOT_SUBSCRIBED)
                .setDeliveryStatus(DeliveryStatus.DELIVERY_STATUS_FAILED)
                .setFrom(TIME)
                .setTo(TIME.toBuilder().setSeconds(TIME.getSeconds() + 1))
                .setPageSize(7)
                .setPageToken("next")
                .build());
    ListMessagesResponse.Builder read = ListMessagesResponse.newBuilder();
    JsonFormat.parser().merge(out.toString(), read);
    assertThat(read.getMessagesList()).hasSize(2).contains(MESSAGE);
  }

  @Test
  void subscriptions_areATable() {
    assertThat(
            run(
                new SubscriptionsCommand(),
                "get",
                "--open-id=alice",
                "--template-id=T1",
                "--template=T2"))
        .isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            "TEMPLATE  STATE    CREDITS  ACCEPTED AT           REJECTED AT  REFUSED AT",
            "T1        used-up  0        " + SHOWN + "  -            " + SHOWN,
            "T2        unknown  -        -                     -            -");
    assertThat(users.gets)
        .containsExactly(
            GetSubscriptionsRequest.newBuilder()
                .setOpenId("alice")
                .addTemplateIds("T1")
                .addTemplateIds("T2")
                .build());
  }

  @Test
  void report_isSent() {
    assertThat(
            run(
                new SubscriptionsCommand(),
                "report",
                "--open-id=alice",
                "--report-id=r1",
                "--result=T1=accept",
                "--result=T2=reject",
                "--at=" + SHOWN))
        .isZero();

    assertThat(out.toString().lines()).containsExactly("STORED");
    assertThat(users.reports)
        .containsExactly(
            ReportSubscriptionsRequest.newBuilder()
                .setOpenId("alice")
                .setReportId("r1")
                .putResults("T1", "accept")
                .putResults("T2", "reject")
                .setOccurredAt(TIME)
                .build());
  }
}
