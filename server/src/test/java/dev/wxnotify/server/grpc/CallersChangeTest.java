package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import dev.wxnotify.server.grpc.HeldGateway.Until;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.server.testing.StatusAssert;
import dev.wxnotify.server.testing.TestCallers;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceFutureStub;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Callers that change while calls are under way, over a real connection. */
class CallersChangeTest {
  private final HeldGateway gateway = new HeldGateway();

  @RegisterExtension
  final GrpcServerExtension server =
      new GrpcServerExtension(gateway)
          .with(
              settings ->
                  new GrpcServer.Settings(
                      settings.address(),
                      true,
                      null,
                      List.of(caller("crm", 2, null), caller("web", null, null)),
                      false,
                      ConnectionSettings.DEFAULT));

  private static CallerSettings caller(
      String name, @Nullable Integer maxInFlight, @Nullable Integer maxPerSecond) {
    return caller(name, name, null, maxInFlight, maxPerSecond);
  }

  private static CallerSettings caller(
      String name,
      String token,
      @Nullable Set<String> apps,
      @Nullable Integer maxInFlight,
      @Nullable Integer maxPerSecond) {
    return TestCallers.caller(
        name, List.of(CallerLimitsTest.sha256(token)), apps, maxInFlight, maxPerSecond, false);
  }

  private Channel as(String token) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    return ClientInterceptors.intercept(
        server.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private NotificationServiceFutureStub futureAs(String token) {
    return NotificationServiceGrpc.newFutureStub(as(token));
  }

  private StatusAssert assertThatSendAs(String token) {
    return assertThatCall(
        () ->
            NotificationServiceGrpc.newBlockingStub(as(token))
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .sendSubscribeMessage(Requests.single("refused")));
  }

  private void assertOverloaded(String token) {
    assertThatSendAs(token)
        .isError(Status.Code.RESOURCE_EXHAUSTED, ErrorReason.OVERLOADED, Outcome.OUTCOME_NOT_SENT);
  }

  private void assertUnauthenticated(String token) {
    assertThatSendAs(token)
        .isError(
            Status.Code.UNAUTHENTICATED, ErrorReason.UNAUTHENTICATED, Outcome.OUTCOME_NOT_SENT);
  }

  private List<ListenableFuture<SendSubscribeMessageResponse>> sendAs(String token, int count)
      throws Exception {
    int before = gateway.writes().size();
    List<ListenableFuture<SendSubscribeMessageResponse>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sent.add(futureAs(token).sendSubscribeMessage(Requests.single(token + "-" + before + i)));
    }
    gateway.awaitWrites(before + count);
    return sent;
  }

  private static void awaitAccepted(List<ListenableFuture<SendSubscribeMessageResponse>> sent)
      throws Exception {
    for (ListenableFuture<SendSubscribeMessageResponse> each : sent) {
      assertThat(each.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS).getMessageId())
          .isNotEmpty();
    }
  }

  @Test
  void limit_raisedWithCallsUnderWay_countsThem_andLeaksNoPermit() throws Exception {
    gateway.go(Until.WRITTEN);
    var first = sendAs("crm", 2);
    assertOverloaded("crm");

    server.useCallers(List.of(caller("crm", 3, null), caller("web", null, null)));
    var third = sendAs("crm", 1);
    assertOverloaded("crm");
    gateway.release();
    awaitAccepted(first);
    awaitAccepted(third);

    assertHasPermits("crm", 3);
  }

  @Test
  void limit_loweredWithCallsUnderWay_countsThem_andLeaksNoPermit() throws Exception {
    gateway.go(Until.WRITTEN);
    var first = sendAs("crm", 2);

    server.useCallers(List.of(caller("crm", 1, null)));
    assertOverloaded("crm");
    gateway.release();
    awaitAccepted(first);

    assertHasPermits("crm", 1);
  }

  @Test
  void limit_thatComesAndGoesWithCallsUnderWay_leaksNoPermit() throws Exception {
    gateway.go(Until.WRITTEN);
    var without = sendAs("web", 3);
    server.useCallers(List.of(caller("web", 2, null)));
    var with = sendAs("web", 2);
    assertOverloaded("web");
    server.useCallers(List.of(caller("web", null, null)));
    var after = sendAs("web", 3);
    server.useCallers(List.of(caller("web", 2, 1_000)));
    gateway.release();
    awaitAccepted(without);
    awaitAccepted(with);
    awaitAccepted(after);

    assertHasPermits("web", 2);
  }

  /** A caller without a change in its limits keeps what counts its messages. */
  @Test
  void token_changedWithCallsUnderWay_keepsTheirPermits_andOnlyTheNewOneIsGood() throws Exception {
    gateway.go(Until.WRITTEN);
    var first = sendAs("crm", 2);

    server.useCallers(List.of(caller("crm", "crm-next", null, 2, null)));

    assertUnauthenticated("crm");
    assertOverloaded("crm-next");
    gateway.release();
    awaitAccepted(first);
    assertHasPermits("crm-next", 2);
  }

  private void assertHasPermits(String token, int count) throws Exception {
    gateway.go(Until.WRITTEN);
    var all = sendAs(token, count);
    assertOverloaded(token);
    gateway.release();
    awaitAccepted(all);
  }

  @Test
  void removedCaller_itsCallsEndAsTheyBegan_andNewOnesAreRefused() throws Exception {
    gateway.go(Until.WRITTEN);
    var single = sendAs("crm", 1);
    BatchCall batch = BatchCall.open(NotificationServiceGrpc.newStub(as("crm")));
    batch.send(Requests.item("before"));
    gateway.awaitWrites(2);

    server.useCallers(List.of(caller("web", null, null)));

    assertUnauthenticated("crm");
    batch.send(Requests.item("after")).halfClose();
    gateway.release();
    awaitAccepted(single);
    assertThat(batch.awaitSummary().getAccepted()).isEqualTo(2);
  }

  /** Rights are those that the call began with; limits are those of the moment. */
  @Test
  void changedCaller_itsOpenStreamKeepsItsRights_andHasTheNewLimits() throws Exception {
    gateway.go(Until.WRITTEN);
    BatchCall batch = BatchCall.open(NotificationServiceGrpc.newStub(as("web")));
    batch.send(Requests.item("a"), Requests.item("b"), Requests.item("c"));
    gateway.awaitWrites(3);

    server.useCallers(List.of(caller("web", "web", Set.of("wx-no-such-app"), 1, null)));
    batch.send(Requests.item("d"), Requests.item("e")).halfClose();
    gateway.awaitWrites(4);
    assertThatSendAs("web")
        .isError(
            Status.Code.PERMISSION_DENIED, ErrorReason.APP_NOT_ALLOWED, Outcome.OUTCOME_NOT_SENT);
    assertThat(gateway.attempts()).as("one of the new limit, and those before it").hasSize(4);
    gateway.release();

    assertThat(batch.awaitSummary().getAccepted()).isEqualTo(5);
  }

  @Test
  void addedCaller_isLetIn() {
    assertUnauthenticated("erp");

    server.useCallers(
        List.of(caller("crm", 2, null), caller("web", null, null), caller("erp", null, null)));

    assertThat(
            NotificationServiceGrpc.newBlockingStub(as("erp"))
                .sendSubscribeMessage(Requests.single("a"))
                .getMessageId())
        .isEqualTo(HeldGateway.idOf("a"));
  }
}
