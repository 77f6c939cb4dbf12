package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.MessageLookup;
import dev.wxnotify.server.journal.MessageQuery;
import dev.wxnotify.server.journal.Scope;
import dev.wxnotify.v1.GetMessageRequest;
import dev.wxnotify.v1.GetMessageResponse;
import dev.wxnotify.v1.ListMessagesRequest;
import dev.wxnotify.v1.ListMessagesResponse;
import dev.wxnotify.v1.MessageServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Answers what became of messages. It blocks nothing. */
final class MessageGrpcService extends MessageServiceGrpc.MessageServiceImplBase {
  /** The longest id of WeChat that is looked for; those of today have at most 20 digits. */
  private static final int MAX_MESSAGE_ID = 64;

  private final Apps apps;
  private final MessageLookup messages;
  private final WaitingAnswers waiting;
  private final boolean everybody;

  /**
   * Creates the service.
   *
   * @param everybody whether every caller sees what operators see: where no credentials are
   *     required, and only this machine can connect
   */
  MessageGrpcService(Apps apps, MessageLookup messages, WaitingAnswers waiting, boolean everybody) {
    this.apps = apps;
    this.messages = messages;
    this.waiting = waiting;
    this.everybody = everybody;
  }

  @Override
  public void getMessage(GetMessageRequest request, StreamObserver<GetMessageResponse> responses) {
    RequestCheck check = new RequestCheck(apps);
    check.optionalApp(request.getAppId());
    switch (request.getIdCase()) {
      case MESSAGE_ID -> check.required("message_id", request.getMessageId(), MAX_MESSAGE_ID);
      case REQUEST_ID -> {
        check.own("request_id", request.getRequestId());
        if (request.getRequestId().isEmpty()) {
          check.add("request_id", "is required");
        }
      }
      case ID_NOT_SET -> check.add("message_id or request_id", "is required");
    }
    if (!check.refuses(responses)) {
      waiting.await(find(request), responses, found -> answer(found, responses));
    }
  }

  private CompletionStage<Optional<JournalEntry>> find(GetMessageRequest request) {
    Scope scope = scope(request.getAppId());
    return request.hasMessageId()
        ? messages.findByMessageId(scope, request.getMessageId())
        : messages.findByRequestId(scope, request.getRequestId());
  }

  private static void answer(
      Optional<JournalEntry> found, StreamObserver<GetMessageResponse> responses) {
    if (found.isEmpty()) {
      responses.onError(
          Statuses.of(SendErrors.notFound("the journal has no such message of this caller")));
    } else {
      Protos.answer(
          GetMessageResponse.newBuilder().setMessage(MessageProtos.of(found.get())).build(),
          responses);
    }
  }

  @Override
  public void listMessages(
      ListMessagesRequest request, StreamObserver<ListMessagesResponse> responses) {
    RequestCheck check = new RequestCheck(apps);
    check.optionalApp(request.getAppId());
    MessageQuery query = MessageQueries.of(request, scope(request.getAppId()), check);
    if (check.refuses(responses)) {
      return;
    }
    if (query.reasons() != null && query.reasons().isEmpty()) {
      Protos.answer(ListMessagesResponse.getDefaultInstance(), responses);
      return;
    }
    waiting.await(
        messages.list(query),
        responses,
        found -> Protos.answer(page(found, query.limit() - 1, request), responses));
  }

  private static ListMessagesResponse page(
      List<JournalEntry> found, int size, ListMessagesRequest request) {
    ListMessagesResponse.Builder page = ListMessagesResponse.newBuilder();
    List<JournalEntry> shown = found.subList(0, Math.min(size, found.size()));
    shown.forEach(each -> page.addMessages(MessageProtos.of(each)));
    if (found.size() > size) {
      JournalEntry last = shown.get(size - 1);
      page.setNextPageToken(
          PageTokens.after(
              new MessageQuery.Place(last.message().beganAt(), last.sequence()), request));
    }
    return page.build();
  }

  private Scope scope(String appId) {
    Caller caller = Caller.current();
    return new Scope(
        appId.isEmpty() ? caller.appIds() : Set.of(appId),
        everybody || caller.isOperator() ? null : caller.name());
  }
}
