package dev.wxnotify.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wxnotify.v1.GetMessageRequest;
import dev.wxnotify.v1.GetMessageResponse;
import dev.wxnotify.v1.GetSubscriptionsRequest;
import dev.wxnotify.v1.GetSubscriptionsResponse;
import dev.wxnotify.v1.ListMessagesRequest;
import dev.wxnotify.v1.ListMessagesResponse;
import dev.wxnotify.v1.Message;
import dev.wxnotify.v1.MessageServiceGrpc.MessageServiceImplBase;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.ReportSubscriptionsRequest;
import dev.wxnotify.v1.ReportSubscriptionsResponse;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.Subscription;
import dev.wxnotify.v1.SubscriptionServiceGrpc.SubscriptionServiceImplBase;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JournalClientsTest {
  private final Messages messages = new Messages();
  private final Users users = new Users();
  private final Server server;
  private final NotificationClient client;

  JournalClientsTest() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(messages)
            .addService(users)
            .build()
            .start();
    client = NotificationClient.builder("127.0.0.1:" + server.getPort()).plaintext().build();
  }

  @AfterEach
  void close() {
    client.close();
    server.shutdownNow();
  }

  /** Has five messages with the ids 0 to 4, two to a page, and an empty page in the middle. */
  private static final class Messages extends MessageServiceImplBase {
    final List<ListMessagesRequest> lists = new CopyOnWriteArrayList<>();

    @Override
    public void getMessage(
        GetMessageRequest request, StreamObserver<GetMessageResponse> responses) {
      if (request.getMessageId().equals("lost")) {
        responses.onError(
            FakeService.status(
                Status.Code.NOT_FOUND,
                SendError.newBuilder()
                    .setReason(ErrorReason.NOT_FOUND)
                    .setOutcome(Outcome.OUTCOME_REJECTED)
                    .build()));
        return;
      }
      responses.onNext(
          GetMessageResponse.newBuilder()
              .setMessage(
                  Message.newBuilder()
                      .setMessageId(request.getMessageId())
                      .setRequestId(request.getRequestId()))
              .build());
      responses.onCompleted();
    }

    @Override
    public void listMessages(
        ListMessagesRequest request, StreamObserver<ListMessagesResponse> responses) {
      lists.add(request);
      ListMessagesResponse.Builder page = ListMessagesResponse.newBuilder();
      switch (request.getPageToken()) {
        case "" -> page.addMessages(message("0")).addMessages(message("1")).setNextPageToken("a");
        case "a" -> page.setNextPageToken("b");
        case "b" -> page.addMessages(message("2")).addMessages(message("3")).setNextPageToken("c");
        default -> page.addMessages(message("4"));
      }
      responses.onNext(page.build());
      responses.onCompleted();
    }

    private static Message message(String id) {
      return Message.newBuilder().setMessageId(id).build();
    }
  }

  private static final class Users extends SubscriptionServiceImplBase {
    final List<ReportSubscriptionsRequest> reports = new CopyOnWriteArrayList<>();

    @Override
    public void getSubscriptions(
        GetSubscriptionsRequest request, StreamObserver<GetSubscriptionsResponse> responses) {
      responses.onNext(
          GetSubscriptionsResponse.newBuilder()
              .addSubscriptions(Subscription.newBuilder().setTemplateId(request.getOpenId()))
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

  @Test
  void get_findsByEitherId() {
    assertThat(client.messages().getByMessageId("7").getMessageId()).isEqualTo("7");
    assertThat(client.messages().getByRequestId("r").getRequestId()).isEqualTo("r");
    assertThat(
            client
                .messages()
                .getAsync(GetMessageRequest.newBuilder().setMessageId("8").build())
                .join()
                .getMessage()
                .getMessageId())
        .isEqualTo("8");
    SendException lost =
        catchThrowableOfType(SendException.class, () -> client.messages().getByMessageId("lost"));
    assertThat(lost.reason()).isEqualTo(ErrorReason.NOT_FOUND);
  }

  @Test
  void listAll_asksForPagesWhenTheyAreNeeded_withTheSameFilters() {
    ListMessagesRequest request = ListMessagesRequest.newBuilder().setOpenId("alice").build();
    Iterator<Message> all = client.messages().listAll(request);
    assertThat(messages.lists).isEmpty();

    List<String> ids = new ArrayList<>();
    ids.add(all.next().getMessageId());
    ids.add(all.next().getMessageId());
    assertThat(messages.lists).hasSize(1);
    all.forEachRemaining(each -> ids.add(each.getMessageId()));

    assertThat(ids).containsExactly("0", "1", "2", "3", "4");
    assertThat(messages.lists)
        .containsExactly(
            request,
            request.toBuilder().setPageToken("a").build(),
            request.toBuilder().setPageToken("b").build(),
            request.toBuilder().setPageToken("c").build());
    assertThat(all.hasNext()).isFalse();
    assertThatThrownBy(all::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void list_returnsOnePage() {
    ListMessagesRequest request = ListMessagesRequest.newBuilder().setPageToken("c").build();

    assertThat(client.messages().list(request).getMessagesCount()).isEqualTo(1);
    assertThat(client.messages().list(request, Duration.ofSeconds(20)).getMessagesCount())
        .isEqualTo(1);
    assertThat(client.messages().listAsync(request).join().getMessagesCount()).isEqualTo(1);
  }

  @Test
  void subscriptions_areAskedForAndReported() {
    GetSubscriptionsRequest request =
        GetSubscriptionsRequest.newBuilder().setOpenId("alice").build();
    ReportSubscriptionsRequest report =
        ReportSubscriptionsRequest.newBuilder()
            .setOpenId("alice")
            .setReportId("r")
            .putResults("t", "accept")
            .build();

    assertThat(client.subscriptions().get(request).getSubscriptions(0).getTemplateId())
        .isEqualTo("alice");
    assertThat(client.subscriptions().getAsync(request).join().getSubscriptionsCount())
        .isEqualTo(1);
    assertThat(client.subscriptions().report(report)).isNotNull();
    assertThat(client.subscriptions().reportAsync(report).join()).isNotNull();
    assertThat(users.reports).containsExactly(report, report);
  }
}
