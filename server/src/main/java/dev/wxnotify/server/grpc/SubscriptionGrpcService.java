package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.journal.EventIntake;
import dev.wxnotify.server.journal.Subscription;
import dev.wxnotify.server.journal.SubscriptionTimes;
import dev.wxnotify.server.journal.Subscriptions;
import dev.wxnotify.server.template.FetchedTemplates;
import dev.wxnotify.server.template.Template;
import dev.wxnotify.v1.GetSubscriptionsRequest;
import dev.wxnotify.v1.GetSubscriptionsResponse;
import dev.wxnotify.v1.ReportSubscriptionsRequest;
import dev.wxnotify.v1.ReportSubscriptionsResponse;
import dev.wxnotify.v1.SubscriptionServiceGrpc;
import dev.wxnotify.v1.SubscriptionState;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Answers what is known of subscriptions, and takes reports. It blocks nothing. */
final class SubscriptionGrpcService extends SubscriptionServiceGrpc.SubscriptionServiceImplBase {
  private static final int MOST_TEMPLATES = 100;

  private final Apps apps;
  private final Subscriptions subscriptions;
  private final EventIntake intake;
  private final WaitingAnswers waiting;
  private final InstantSource clock;

  SubscriptionGrpcService(
      Apps apps,
      Subscriptions subscriptions,
      EventIntake intake,
      WaitingAnswers waiting,
      InstantSource clock) {
    this.apps = apps;
    this.subscriptions = subscriptions;
    this.intake = intake;
    this.waiting = waiting;
    this.clock = clock;
  }

  @Override
  public void getSubscriptions(
      GetSubscriptionsRequest request, StreamObserver<GetSubscriptionsResponse> responses) {
    RequestCheck check = new RequestCheck(apps);
    App app = check.app(request.getAppId());
    check.required("open_id", request.getOpenId(), RequestCheck.MAX_ID);
    int templates = request.getTemplateIdsCount();
    if (templates > MOST_TEMPLATES) {
      check.add("template_ids", "has " + templates + " templates (at most " + MOST_TEMPLATES + ")");
    } else {
      for (int i = 0; i < templates; i++) {
        check.required("template_ids[" + i + "]", request.getTemplateIds(i), RequestCheck.MAX_ID);
      }
    }
    if (check.refuses(responses) || app == null) {
      return;
    }
    List<String> asked = request.getTemplateIdsList();
    waiting.await(
        subscriptions.find(app.appId(), request.getOpenId(), asked.stream().distinct().toList()),
        responses,
        found -> Protos.answer(response(app, asked, found), responses));
  }

  private static GetSubscriptionsResponse response(
      App app, List<String> asked, List<Subscription> found) {
    GetSubscriptionsResponse.Builder response = GetSubscriptionsResponse.newBuilder();
    if (asked.isEmpty()) {
      found.forEach(each -> response.addSubscriptions(proto(app, each)));
    } else {
      Map<String, Subscription> byTemplate =
          found.stream().collect(Collectors.toMap(Subscription::templateId, Function.identity()));
      for (String each : asked) {
        Subscription known = byTemplate.get(each);
        if (known != null) {
          response.addSubscriptions(proto(app, known));
        }
      }
    }
    return response.build();
  }

  private static dev.wxnotify.v1.Subscription proto(App app, Subscription known) {
    SubscriptionTimes times = known.times();
    dev.wxnotify.v1.Subscription.Builder proto =
        dev.wxnotify.v1.Subscription.newBuilder()
            .setTemplateId(known.templateId())
            .setState(state(times.state()));
    if (known.credits().isPresent() && isForOneTime(app, known.templateId())) {
      proto.setKnownCredits(Math.max(0, known.credits().getAsInt()));
    }
    if (times.accepted() != null) {
      proto.setLastAcceptedAt(Protos.of(times.accepted()));
    }
    if (times.rejected() != null) {
      proto.setLastRejectedAt(Protos.of(times.rejected()));
    }
    if (times.refused() != null) {
      proto.setLastRefusedAt(Protos.of(times.refused()));
    }
    return proto.build();
  }

  private static boolean isForOneTime(App app, String templateId) {
    FetchedTemplates templates = app.templates().current();
    Template template = templates == null ? null : templates.find(templateId);
    return template != null && template.kind() == Template.Kind.ONE_TIME;
  }

  private static SubscriptionState state(SubscriptionTimes.State state) {
    return switch (state) {
      case ACCEPTED -> SubscriptionState.SUBSCRIPTION_STATE_ACCEPTED;
      case REJECTED -> SubscriptionState.SUBSCRIPTION_STATE_REJECTED;
      case USED_UP -> SubscriptionState.SUBSCRIPTION_STATE_USED_UP;
      case UNKNOWN -> SubscriptionState.SUBSCRIPTION_STATE_UNKNOWN;
    };
  }

  @Override
  public void reportSubscriptions(
      ReportSubscriptionsRequest request, StreamObserver<ReportSubscriptionsResponse> responses) {
    RequestCheck check = new RequestCheck(apps);
    App app = check.app(request.getAppId());
    SubscriptionReport report = SubscriptionReport.of(request, clock.instant(), check);
    if (check.refuses(responses) || app == null) {
      return;
    }
    waiting.await(
        intake.store(report.events(app.appId())),
        responses,
        stored -> Protos.answer(ReportSubscriptionsResponse.getDefaultInstance(), responses));
  }
}
