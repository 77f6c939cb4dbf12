package dev.wxnotify.server.grpc;

import com.google.protobuf.ByteString;
import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.v1.EventKind;
import dev.wxnotify.v1.EventServiceGrpc;
import dev.wxnotify.v1.IngestPushRequest;
import dev.wxnotify.v1.IngestPushResponse;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.WatchEventsRequest;
import dev.wxnotify.v1.WatchEventsResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows events as they come, and takes pushes from others. It blocks nothing.
 *
 * <p>Concurrency: a watch is entered before {@link #stopping} is read, and {@link #stop} sets it
 * before it looks at the entries, so that none is missed.
 */
final class EventGrpcService extends EventServiceGrpc.EventServiceImplBase {
  /** The most watches of one caller. */
  static final int MOST_WATCHES = 100;

  private static final int MAX_CURSOR = 256;

  /** The largest push, as defined by the contract. */
  private static final int MAX_BODY = 64 * 1024;

  private static final Logger log = LoggerFactory.getLogger(EventGrpcService.class);

  private final Apps apps;
  private final JournalPorts journal;
  private final WaitingAnswers waiting;
  private final boolean everybody;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService timer;
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private final ConcurrentHashMap<String, Integer> watchesOfCallers = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  /**
   * Creates the service.
   *
   * @param everybody whether every caller sees what operators see and may pass on pushes: where no
   *     credentials are required, and only this machine can connect
   * @param nanoClock as {@link System#nanoTime}
   * @param timer runs delayed tasks
   */
  EventGrpcService(
      Apps apps,
      JournalPorts journal,
      WaitingAnswers waiting,
      boolean everybody,
      LongSupplier nanoClock,
      ScheduledExecutorService timer) {
    this.apps = apps;
    this.journal = journal;
    this.waiting = waiting;
    this.everybody = everybody;
    this.nanoClock = nanoClock;
    this.timer = timer;
  }

  @Override
  public void watchEvents(
      WatchEventsRequest request, StreamObserver<WatchEventsResponse> responses) {
    RequestCheck check = new RequestCheck(apps);
    check.optionalApp(request.getAppId());
    EventFilter filter = new EventFilter(request.getAppId(), kinds(request, check), everybody);
    check.atMost("cursor", request.getCursor(), MAX_CURSOR);
    Instant since = request.hasSince() ? check.time("since", request.getSince()) : null;
    if (request.hasSince() && !request.getCursor().isEmpty()) {
      check.add("since", "is set together with cursor");
    }
    if (check.refuses(responses)) {
      return;
    }
    Caller caller = Caller.current();
    if (!enter(caller.name())) {
      responses.onError(Statuses.of(SendErrors.tooManyWatches(MOST_WATCHES)));
      return;
    }
    open(filter, caller, start(request.getCursor(), since), responses);
  }

  private void open(
      EventFilter filter,
      Caller caller,
      CompletionStage<Long> start,
      StreamObserver<WatchEventsResponse> responses) {
    Watch watch =
        new Watch(
            journal.feed(),
            filter,
            caller,
            WatchRights.ofCurrentCall(),
            (ServerCallStreamObserver<WatchEventsResponse>) responses,
            nanoClock,
            timer,
            ended -> {
              watches.remove(ended);
              leave(caller.name());
            });
    watches.add(watch);
    watch.open(start);
    if (stopping) {
      watch.stop(); // It was let in right before that.
    }
  }

  private CompletionStage<Long> start(String cursor, @Nullable Instant since) {
    if (!cursor.isEmpty()) {
      return journal.feed().position(cursor);
    }
    return since == null ? journal.feed().last() : journal.feed().before(since);
  }

  private static Set<EventKind> kinds(WatchEventsRequest request, RequestCheck check) {
    Set<EventKind> kinds = EnumSet.noneOf(EventKind.class);
    for (int i = 0; i < request.getKindsCount(); i++) {
      switch (request.getKinds(i)) {
        case EVENT_KIND_DELIVERY, EVENT_KIND_SUBSCRIPTION -> kinds.add(request.getKinds(i));
        case EVENT_KIND_UNSPECIFIED, UNRECOGNIZED ->
            check.add("kinds[" + i + "]", "is not a known value");
      }
    }
    return kinds;
  }

  static SendError noCursor() {
    return SendErrors.invalid(List.of(new Violation("cursor", "is not a cursor of this server")));
  }

  private boolean enter(String caller) {
    if (watchesOfCallers.merge(caller, 1, Integer::sum) <= MOST_WATCHES) {
      return true;
    }
    leave(caller);
    return false;
  }

  private void leave(String caller) {
    watchesOfCallers.computeIfPresent(caller, (name, open) -> open == 1 ? null : open - 1);
  }

  @Override
  public void ingestPush(IngestPushRequest request, StreamObserver<IngestPushResponse> responses) {
    Caller caller = Caller.current();
    if (!everybody && !caller.mayPush()) {
      log.info("{} called IngestPush and has no right to pass on pushes", caller.described());
      responses.onError(Statuses.of(SendErrors.rightMissing("push")));
      return;
    }
    RequestCheck check = new RequestCheck(apps);
    App app = check.app(request.getAppId());
    if (request.getBody().size() > MAX_BODY) {
      check.add("body", "has " + request.getBody().size() + " bytes (at most " + MAX_BODY + ")");
    }
    if (check.refuses(responses) || app == null) {
      return;
    }
    waiting.await(
        journal
            .pushes()
            .ingest(app.appId(), request.getQueryMap(), request.getBody().toByteArray()),
        responses,
        result ->
            Protos.answer(
                IngestPushResponse.newBuilder()
                    .setBody(ByteString.copyFromUtf8(result.body()))
                    .setHandled(result.isHandled())
                    .build(),
                responses));
  }

  /** The callers have changed: watches of those that are gone end. */
  void callersChanged() {
    watches.forEach(Watch::callersChanged);
  }

  /** Ends all watches, and those that begin later. */
  void stop() {
    stopping = true;
    watches.forEach(Watch::stop);
  }
}
