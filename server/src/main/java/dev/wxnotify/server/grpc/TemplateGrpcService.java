package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.template.FetchedTemplates;
import dev.wxnotify.server.template.TemplateList;
import dev.wxnotify.server.template.TemplateSource;
import dev.wxnotify.v1.GetTemplateRequest;
import dev.wxnotify.v1.GetTemplateResponse;
import dev.wxnotify.v1.Keyword;
import dev.wxnotify.v1.ListTemplatesRequest;
import dev.wxnotify.v1.ListTemplatesResponse;
import dev.wxnotify.v1.Template;
import dev.wxnotify.v1.TemplateKind;
import dev.wxnotify.v1.TemplateServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Shows the templates that the apps know. It blocks nothing. */
final class TemplateGrpcService extends TemplateServiceGrpc.TemplateServiceImplBase {
  private final Apps apps;
  private final WaitingAnswers waiting;

  TemplateGrpcService(Apps apps, WaitingAnswers waiting) {
    this.apps = apps;
    this.waiting = waiting;
  }

  @Override
  public void listTemplates(
      ListTemplatesRequest request, StreamObserver<ListTemplatesResponse> responses) {
    App app = find(request.getAppId(), List.of(), responses);
    if (app != null) {
      look(
          app,
          request.getRefresh(),
          responses,
          templates -> {
            ListTemplatesResponse.Builder response =
                ListTemplatesResponse.newBuilder().setFetchedAt(Protos.of(templates.fetchedAt()));
            templates.all().forEach(each -> response.addTemplates(proto(app, each)));
            Protos.answer(response.build(), responses);
          });
    }
  }

  @Override
  public void getTemplate(
      GetTemplateRequest request, StreamObserver<GetTemplateResponse> responses) {
    String id = request.getTemplateId();
    List<Violation> wrong =
        id.isEmpty() ? List.of(new Violation("template_id", "is required")) : List.of();
    App app = find(request.getAppId(), wrong, responses);
    if (app != null) {
      look(
          app,
          request.getRefresh(),
          responses,
          templates -> {
            dev.wxnotify.server.template.Template found = templates.find(id);
            if (found == null) {
              responses.onError(Statuses.of(SendErrors.notFound("the app has no template " + id)));
            } else {
              Protos.answer(
                  GetTemplateResponse.newBuilder()
                      .setTemplate(proto(app, found))
                      .setFetchedAt(Protos.of(templates.fetchedAt()))
                      .build(),
                  responses);
            }
          });
    }
  }

  /**
   * Returns the app that the caller names and may use; null where the call was answered.
   *
   * @param wrong what else is wrong with the request
   */
  private @Nullable App find(String appId, List<Violation> wrong, StreamObserver<?> responses) {
    App app = apps.find(appId);
    boolean namesApp = app != null || !appId.isEmpty();
    if (namesApp && !Caller.current().mayUse(app == null ? appId : app.appId())) {
      responses.onError(Statuses.of(SendErrors.appNotAllowed(appId)));
      return null;
    }
    List<Violation> violations = new ArrayList<>();
    if (app == null) {
      violations.add(RequestMapper.unknownApp("app_id", appId));
    }
    violations.addAll(wrong);
    if (!violations.isEmpty()) {
      responses.onError(Statuses.of(SendErrors.invalid(violations)));
      return null;
    }
    return app;
  }

  /** Looks at the app's list, after WeChat was asked for it if the caller wants that. */
  private void look(
      App app, boolean refresh, StreamObserver<?> responses, Consumer<FetchedTemplates> then) {
    if (!refresh) {
      look(app, Optional.ofNullable(app.templates().current()), responses, then);
      return;
    }
    waiting.await(
        app, app.templates().refresh(), responses, known -> look(app, known, responses, then));
  }

  private static void look(
      App app,
      Optional<FetchedTemplates> known,
      StreamObserver<?> responses,
      Consumer<FetchedTemplates> then) {
    if (known.isPresent()) {
      then.accept(known.get());
    } else {
      responses.onError(Statuses.of(SendErrors.of(neverFetched(app.templates()), "")));
    }
  }

  private static NotSent neverFetched(TemplateList templates) {
    TemplateSource.Failure trouble = templates.trouble();
    WeChatError error =
        trouble instanceof TemplateSource.Refused no
            ? new WeChatError(no.errcode(), no.errmsg(), no.rid())
            : null;
    return new NotSent(
        NotSent.Reason.WECHAT_UNREACHABLE,
        trouble == null ? "WeChat has not listed the templates yet" : trouble.explanation(),
        error,
        TemplateList.BETWEEN_REFRESHES);
  }

  private static Template proto(App app, dev.wxnotify.server.template.Template template) {
    Template.Builder proto =
        Template.newBuilder()
            .setAppId(app.appId())
            .setTemplateId(template.id())
            .setTitle(template.title())
            .setKind(
                switch (template.kind()) {
                  case ONE_TIME -> TemplateKind.TEMPLATE_KIND_ONE_TIME;
                  case LONG_TERM -> TemplateKind.TEMPLATE_KIND_LONG_TERM;
                  case UNKNOWN -> TemplateKind.TEMPLATE_KIND_UNSPECIFIED;
                })
            .setContent(template.content())
            .setExample(template.example());
    template
        .keywords()
        .forEach(
            keyword ->
                proto.addKeywords(
                    Keyword.newBuilder()
                        .setKey(keyword.key())
                        .setLabel(keyword.label())
                        .setType(keyword.type())
                        .addAllEnumValues(keyword.enumValues())
                        .setExample(keyword.example())));
    return proto.build();
  }
}
