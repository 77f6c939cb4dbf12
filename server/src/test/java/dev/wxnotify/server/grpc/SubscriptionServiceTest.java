package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.grpc.CallersOverGrpc.caller;
import static dev.wxnotify.server.testing.GrpcServerExtension.APP_ID;
import static dev.wxnotify.server.testing.GrpcServerExtension.OTHER_APP_ID;
import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.NewEvent;
import dev.wxnotify.server.journal.Subscription;
import dev.wxnotify.server.journal.SubscriptionTimes;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.v1.GetSubscriptionsRequest;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.ReportSubscriptionsRequest;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SubscriptionServiceGrpc;
import dev.wxnotify.v1.SubscriptionServiceGrpc.SubscriptionServiceBlockingStub;
import dev.wxnotify.v1.SubscriptionState;
import io.grpc.Status;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Subscriptions over a real connection; no app of this server knows its templates. */
class SubscriptionServiceTest {
  private static final Instant TIME = Instant.parse("2026-03-01T08:00:00Z");

  @RegisterExtension
  final GrpcServerExtension server =
      new GrpcServerExtension(new HeldGateway())
          .with(CallersOverGrpc.of(caller("crm", null), caller("web", Set.of(APP_ID))));

  private SubscriptionServiceBlockingStub as(String caller) {
    return SubscriptionServiceGrpc.newBlockingStub(CallersOverGrpc.as(caller, server.channel()));
  }

  private static ReportSubscriptionsRequest.Builder report() {
    return ReportSubscriptionsRequest.newBuilder()
        .setOpenId("alice")
        .setReportId("report-1")
        .putResults("errMsg", "requestSubscribeMessage:ok")
        .putResults("template-a", "accept")
        .putResults("template-b", "reject")
        .putResults("template-c", "ban");
  }

  @Test
  void subscriptions_areThoseOfTheJournal_inTheOrderOfTheRequest() {
    server
        .journal()
        .add(
            new Subscription(
                "a",
                new SubscriptionTimes(TIME, TIME.minusSeconds(1), null, null),
                OptionalInt.of(3)),
            new Subscription(
                "b",
                new SubscriptionTimes(TIME, null, TIME.plusSeconds(1), null),
                OptionalInt.of(0)),
            new Subscription("c", SubscriptionTimes.NONE, OptionalInt.empty()));

    var found =
        as("web")
            .getSubscriptions(
                GetSubscriptionsRequest.newBuilder()
                    .setOpenId("alice")
                    .addAllTemplateIds(List.of("c", "b", "a", "b"))
                    .build())
            .getSubscriptionsList();

    assertThat(found)
        .extracting(dev.wxnotify.v1.Subscription::getTemplateId)
        .containsExactly("c", "b", "a", "b");
    assertThat(found)
        .extracting(dev.wxnotify.v1.Subscription::getState)
        .startsWith(
            SubscriptionState.SUBSCRIPTION_STATE_UNKNOWN,
            SubscriptionState.SUBSCRIPTION_STATE_USED_UP,
            SubscriptionState.SUBSCRIPTION_STATE_ACCEPTED);
    var accepted = found.get(2);
    assertThat(accepted.getLastAcceptedAt()).isEqualTo(Protos.of(TIME));
    assertThat(accepted.getLastRejectedAt()).isEqualTo(Protos.of(TIME.minusSeconds(1)));
    assertThat(accepted.hasLastRefusedAt()).isFalse();
    assertThat(found)
        .as("the server does not know the templates")
        .noneMatch(dev.wxnotify.v1.Subscription::hasKnownCredits);
  }

  @Test
  void report_becomesOneEventForEachTemplate_andARepeatIsTheSame() {
    Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var ignored = as("web").reportSubscriptions(report().build());
    ignored = as("web").reportSubscriptions(report().setAppId(APP_ID).build());

    List<NewEvent> stored = server.journal().stored();
    assertThat(stored)
        .extracting(each -> each.event().templateId())
        .containsExactly("template-a", "template-b", "template-c");
    assertThat(stored)
        .extracting(each -> ((Event.SubscriptionChange) each.event().detail()).answer())
        .containsExactly(Event.Answer.ACCEPTED, Event.Answer.REJECTED, Event.Answer.OTHER);
    Event first = stored.get(0).event();
    assertThat(first.appId()).isEqualTo(APP_ID);
    assertThat(first.openId()).isEqualTo("alice");
    assertThat(first.occurredAt())
        .isEqualTo(first.receivedAt().truncatedTo(ChronoUnit.SECONDS))
        .isAfterOrEqualTo(before);
    assertThat(first.detail())
        .isEqualTo(
            new Event.SubscriptionChange(
                Event.Answer.ACCEPTED, "accept", Event.Source.REPORTED, ""));
    assertThat(stored).allSatisfy(each -> assertThat(each.key()).startsWith("report:"));
  }

  @Test
  void reports_differByApp_user_andId() {
    var ignored = as("crm").reportSubscriptions(report().build());
    ignored = as("crm").reportSubscriptions(report().setAppId(OTHER_APP_ID).build());
    ignored = as("crm").reportSubscriptions(report().setOpenId("bob").build());
    ignored = as("crm").reportSubscriptions(report().setReportId("report-2").build());

    assertThat(server.journal().stored()).hasSize(4 * 3);
    assertThat(server.journal().stored()).allMatch(each -> each.key().length() <= 256);
  }

  @Test
  void longestIds_haveRoomInTheKey() {
    var ignored =
        as("crm")
            .reportSubscriptions(
                report()
                    .setOpenId("o".repeat(128))
                    .setReportId("报".repeat(64))
                    .putResults("t".repeat(128), "accept")
                    .build());

    assertThat(server.journal().stored()).hasSize(4).allMatch(each -> each.key().length() <= 256);
  }

  /** A caller's clock may be ahead, and its answer must not outlast what happens until then. */
  @Test
  void timeOfAReport_isThatOfTheUser_andNeverLaterThanNow() {
    var ignored =
        as("crm").reportSubscriptions(report().setOccurredAt(Protos.of(TIME.plusNanos(5))).build());
    ignored =
        as("crm")
            .reportSubscriptions(
                report()
                    .setReportId("ahead")
                    .setOccurredAt(Protos.of(Instant.now().plusSeconds(30)))
                    .build());

    assertThat(server.journal().stored().get(0).event().occurredAt()).isEqualTo(TIME);
    Event ahead = server.journal().stored().get(3).event();
    assertThat(ahead.occurredAt()).isEqualTo(ahead.receivedAt().truncatedTo(ChronoUnit.SECONDS));
  }

  @Test
  void everythingThatIsWrongWithAReport_isSaidAtOnce() {
    assertInvalid(
        ReportSubscriptionsRequest.newBuilder()
            .setAppId("wx-unknown")
            .putResults("errMsg", "ok")
            .setOccurredAt(Protos.of(Instant.now().plusSeconds(120))),
        "app_id",
        "open_id",
        "results",
        "report_id",
        "occurred_at");
    assertInvalid(
        report()
            .setOpenId("o".repeat(129))
            .setReportId("r".repeat(65))
            .putResults("template-a", "")
            .putResults("template-b", "x".repeat(65))
            .putResults("template-c", "a\0b"),
        "open_id",
        "results[\"template-a\"]",
        "results[\"template-b\"]",
        "results[\"template-c\"]",
        "report_id");
    ReportSubscriptionsRequest.Builder many = report();
    for (int i = 0; i < 18; i++) {
      many.putResults("more-" + i, "accept");
    }
    assertInvalid(many, "results");
    assertInvalid(report().putResults("", "accept"), "results");
    assertInvalid(report().putResults("t".repeat(129), "accept"), "results");
    assertThat(server.journal().stored()).isEmpty();
  }

  private void assertInvalid(ReportSubscriptionsRequest.Builder request, String... fields) {
    assertThatCall(() -> as("crm").reportSubscriptions(request.build()))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields(fields);
  }

  @Test
  void twentyTemplates_areNotTooMany() {
    ReportSubscriptionsRequest.Builder many = report();
    for (int i = 0; i < 17; i++) {
      many.putResults("more-" + i, "accept");
    }

    var ignored = as("crm").reportSubscriptions(many.build());

    assertThat(server.journal().stored()).hasSize(20);
  }

  @Test
  void everythingThatIsWrongWithAQuestion_isSaidAtOnce() {
    GetSubscriptionsRequest.Builder many = GetSubscriptionsRequest.newBuilder().setAppId("x");
    for (int i = 0; i < 101; i++) {
      many.addTemplateIds("t" + i);
    }
    assertThatCall(() -> as("crm").getSubscriptions(many.build()))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields("app_id", "open_id", "template_ids");
    assertThatCall(
            () ->
                as("crm")
                    .getSubscriptions(
                        GetSubscriptionsRequest.newBuilder()
                            .setOpenId("alice")
                            .addTemplateIds("a")
                            .addTemplateIds("")
                            .build()))
        .namesFields("template_ids[1]");
  }

  @Test
  void appOfOthers_isRefused() {
    assertThatCall(() -> as("web").reportSubscriptions(report().setAppId(OTHER_APP_ID).build()))
        .isError(
            Status.Code.PERMISSION_DENIED, ErrorReason.APP_NOT_ALLOWED, Outcome.OUTCOME_NOT_SENT);
    assertThatCall(
            () ->
                as("web")
                    .getSubscriptions(
                        GetSubscriptionsRequest.newBuilder().setAppId(OTHER_APP_ID).build()))
        .isError(
            Status.Code.PERMISSION_DENIED, ErrorReason.APP_NOT_ALLOWED, Outcome.OUTCOME_NOT_SENT);
  }

  @Test
  void journalThatIsAway_isUnavailable() {
    server.journal().setAway(true);

    assertThatCall(() -> as("crm").reportSubscriptions(report().build()))
        .isError(
            Status.Code.UNAVAILABLE, ErrorReason.JOURNAL_UNAVAILABLE, Outcome.OUTCOME_NOT_SENT);
  }
}
