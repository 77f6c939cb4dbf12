package dev.wxnotify.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.IngestPushRequest;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.WatchEventsRequest;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
@SuppressWarnings("try") // A watch is there while it is open; not every test calls it.
class EventClientTest {
  private static final WatchEventsRequest FROM_NOW = WatchEventsRequest.getDefaultInstance();

  private final FakeEvents service = new FakeEvents();
  private final Server server;
  private final CuttingProxy proxy;
  private final NotificationClient client;
  private final Recorder recorder = new Recorder();

  EventClientTest() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(service)
            .build()
            .start();
    proxy = new CuttingProxy("127.0.0.1:" + server.getPort());
    client = NotificationClient.builder(proxy.address()).plaintext().build();
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    proxy.close();
    server.shutdownNow();
  }

  /** Keeps what a listener hears. */
  private static class Recorder implements EventListener {
    final List<String> events = new CopyOnWriteArrayList<>();
    final List<String> heartbeats = new CopyOnWriteArrayList<>();
    final List<SendFailure> breaks = new CopyOnWriteArrayList<>();
    final List<Duration> pauses = new CopyOnWriteArrayList<>();
    final List<SendFailure> ends = new CopyOnWriteArrayList<>();

    @Override
    public void onEvent(Event event) {
      events.add(event.getCursor());
    }

    @Override
    public void onHeartbeat(String cursor) {
      heartbeats.add(cursor);
    }

    @Override
    public void onBroken(SendFailure cause, Duration pause) {
      breaks.add(cause);
      pauses.add(pause);
    }

    @Override
    public void onEnd(SendFailure why) {
      ends.add(why);
    }

    void awaitEvents(int count) throws Exception {
      Await.until(count + " events", () -> events.size() >= count);
    }
  }

  private EventWatch watch() throws Exception {
    EventWatch watch = client.events().watch(FROM_NOW, recorder);
    Await.until("the watch has begun", () -> !recorder.heartbeats.isEmpty());
    return watch;
  }

  private static List<String> cursors(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toList();
  }

  private static Throwable error(Status.Code code, ErrorReason reason, Outcome outcome) {
    return FakeService.status(
        code,
        SendError.newBuilder()
            .setCode(code.value())
            .setReason(reason)
            .setOutcome(outcome)
            .setMessage("why")
            .build());
  }

  private static Throwable stopping() {
    return error(Status.Code.UNAVAILABLE, ErrorReason.SERVER_STOPPING, Outcome.OUTCOME_NOT_SENT);
  }

  @Test
  void watch_resumesAfterEveryBreak_withoutALossOrARepeat() throws Exception {
    try (EventWatch watch = watch()) {
      for (int round = 1; round <= 5; round++) {
        service.publish(20);
        proxy.cutNow(); // Some of them may be on their way.
        service.publish(20);
        recorder.awaitEvents(40 * round);
      }

      assertThat(recorder.events).isEqualTo(cursors(200));
      Await.until("the cursor follows", () -> watch.cursor().equals("200"));
      assertThat(recorder.breaks).hasSizeBetween(5, 50);
      assertThat(recorder.ends).isEmpty();
    }
  }

  @Test
  void unreachableServer_isTriedAgain_withGrowingPauses() throws Exception {
    try (EventWatch watch = watch()) {
      proxy.refuse(true);
      proxy.cutNow();
      Await.until("three attempts", () -> recorder.breaks.size() >= 3);
      service.publish(3);
      proxy.refuse(false);
      recorder.awaitEvents(3);

      assertThat(recorder.events).isEqualTo(cursors(3));
      Await.until("the cursor follows", () -> watch.cursor().equals("3"));
      assertThat(recorder.pauses.get(0)).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
      assertThat(recorder.pauses.get(2)).isBetween(Duration.ofMillis(400), Duration.ofMillis(800));
    }
  }

  @Test
  void stoppingServer_isLeftAtOnce() throws Exception {
    try (EventWatch ignored = watch()) {
      service.publish(2);
      service.end(stopping());
      Await.until("another watch", () -> service.open() == 1);
      service.publish(1);
      recorder.awaitEvents(3);

      assertThat(recorder.pauses).containsExactly(Duration.ZERO);
      assertThat(service.requests.get(1).getCursor()).isEqualTo("2");
    }
  }

  /** A server that says so to every watch must not be asked without a pause. */
  @Test
  void serverThatOnlyStops_isAskedWithPauses() throws Exception {
    service.failures.addAll(List.of(stopping(), stopping()));
    try (EventWatch ignored = watch()) {
      assertThat(recorder.pauses)
          .hasSize(2)
          .allSatisfy(pause -> assertThat(pause).isGreaterThanOrEqualTo(Duration.ofMillis(100)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UNAVAILABLE, JOURNAL_UNAVAILABLE, OUTCOME_NOT_SENT",
    "RESOURCE_EXHAUSTED, OVERLOADED, OUTCOME_NOT_SENT",
    "INTERNAL, INTERNAL_ERROR, OUTCOME_NOT_SENT"
  })
  void faultThatPasses_isWaitedFor(Status.Code code, ErrorReason reason, Outcome outcome)
      throws Exception {
    service.failures.add(error(code, reason, outcome));
    try (EventWatch ignored = watch()) {
      service.publish(1);
      recorder.awaitEvents(1);

      assertThat(recorder.breaks).extracting(SendFailure::reason).containsExactly(reason);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "OUT_OF_RANGE, CURSOR_EXPIRED, OUTCOME_REJECTED",
    "INVALID_ARGUMENT, INVALID_REQUEST, OUTCOME_REJECTED",
    "UNAUTHENTICATED, UNAUTHENTICATED, OUTCOME_NOT_SENT",
    "PERMISSION_DENIED, APP_NOT_ALLOWED, OUTCOME_NOT_SENT",
    "UNIMPLEMENTED, INVALID_REQUEST, OUTCOME_NOT_SENT"
  })
  void faultThatStays_endsTheWatch_andIsTold(Status.Code code, ErrorReason reason, Outcome outcome)
      throws Exception {
    try (EventWatch watch = watch()) {
      service.publish(1);
      service.end(error(code, reason, outcome));

      assertThat(watch.await())
          .hasValueSatisfying(why -> assertThat(why.reason()).isEqualTo(reason));
      assertThat(recorder.ends).singleElement().isEqualTo(watch.await().orElseThrow());
      assertThat(recorder.events).containsExactly("1");
      assertThat(watch.cursor()).isEqualTo("1");
    }
  }

  @Test
  void watchThatTheServerCompletes_isOpenedAgain() throws Exception {
    try (EventWatch ignored = watch()) {
      service.end(null);
      Await.until("another watch", () -> service.open() == 1);

      assertThat(recorder.breaks.get(0).code()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void since_isAskedForUntilThereIsACursor() throws Exception {
    WatchEventsRequest since =
        WatchEventsRequest.newBuilder()
            .setAppId("wx-1")
            .setSince(Timestamp.newBuilder().setSeconds(1))
            .build();
    service.failures.add(
        error(Status.Code.UNAVAILABLE, ErrorReason.JOURNAL_UNAVAILABLE, Outcome.OUTCOME_NOT_SENT));
    try (EventWatch ignored = client.events().watch(since, recorder)) {
      Await.until("the watch has begun", () -> !recorder.heartbeats.isEmpty());
      proxy.cutNow();
      Await.until("another watch", () -> recorder.heartbeats.size() == 2);

      assertThat(service.requests)
          .containsExactly(
              since,
              since,
              WatchEventsRequest.newBuilder().setAppId("wx-1").setCursor("0").build());
    }
  }

  /** The cursor does not move over an event that was not handled. */
  @Test
  void listenerThatThrows_endsTheWatch_beforeItsEvent() throws Exception {
    IllegalArgumentException fault = new IllegalArgumentException("no room");
    EventWatch watch =
        client
            .events()
            .watch(
                WatchEventsRequest.newBuilder().setCursor("0").build(),
                event -> {
                  if (event.getCursor().equals("3")) {
                    throw fault;
                  }
                  recorder.onEvent(event);
                });
    Await.until("the watch has begun", () -> service.open() == 1);
    service.publish(5);

    assertThatThrownBy(watch::await).isInstanceOf(IllegalStateException.class).hasCause(fault);
    assertThat(watch.cursor()).isEqualTo("2");
    Await.until("it has left the server", () -> service.cancelled.get() == 1);
    try (EventWatch next =
        client
            .events()
            .watch(WatchEventsRequest.newBuilder().setCursor(watch.cursor()).build(), recorder)) {
      recorder.awaitEvents(5);
      assertThat(recorder.events).isEqualTo(cursors(5));
      Await.until("the cursor follows", () -> next.cursor().equals("5"));
    }
  }

  @Test
  void close_leavesTheServer_andNothingIsToldAfterIt() throws Exception {
    EventWatch watch = watch();

    watch.close();
    service.publish(3);

    assertThat(watch.await()).isEmpty();
    Await.until("it has left the server", () -> service.cancelled.get() == 1);
    assertThat(recorder.events).isEmpty();
    assertThat(recorder.ends).isEmpty();
  }

  @Test
  void close_whileItWaitsToReconnect_endsAtOnce() throws Exception {
    EventWatch watch = watch();
    proxy.refuse(true);
    proxy.cutNow();
    Await.until("a longer pause", () -> recorder.breaks.size() >= 3);

    watch.close();

    assertThat(watch.await()).isEmpty();
  }

  @Test
  void close_waitsForTheEventThatIsHandled_andTheListenerItselfMayClose() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger handled = new AtomicInteger();
    AtomicReference<EventWatch> own = new AtomicReference<>();
    EventWatch watch =
        client
            .events()
            .watch(
                WatchEventsRequest.newBuilder().setCursor("0").build(),
                event -> {
                  inside.countDown();
                  awaitQuietly(go);
                  own.get().close();
                  handled.incrementAndGet();
                });
    own.set(watch);
    Await.until("the watch has begun", () -> service.open() == 1);
    service.publish(2);
    inside.await();
    Thread closing = new Thread(watch::close);
    closing.start();
    go.countDown();
    closing.join();

    assertThat(handled).as("handled when it was closed").hasValue(1);
    assertThat(watch.cursor()).isEqualTo("1");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }

  @Test
  void slowListener_slowsTheServer_andMissesNothing() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (EventWatch watch =
        client
            .events()
            .watch(
                WatchEventsRequest.newBuilder().setCursor("0").build(),
                event -> {
                  awaitQuietly(go);
                  recorder.onEvent(event);
                })) {
      Await.until("the watch has begun", () -> service.open() == 1);
      service.publish(1_000);
      go.countDown();
      recorder.awaitEvents(1_000);

      assertThat(recorder.events).isEqualTo(cursors(1_000));
      Await.until("the cursor follows", () -> watch.cursor().equals("1000"));
    }
  }

  /** A connection may go without a word; heartbeats tell. */
  @Test
  void silentServer_isLeft() throws Exception {
    service.silent = true;
    try (EventWatch ignored = client.events().watch(FROM_NOW, recorder, Duration.ofMillis(200))) {
      Await.until("it was left", () -> service.cancelled.get() >= 1);
      service.silent = false;
      Await.until("the watch has begun", () -> !recorder.heartbeats.isEmpty());

      assertThat(recorder.breaks.get(0).message()).contains("said nothing");
    }
  }

  @Test
  void closedClient_endsItsWatches() throws Exception {
    EventWatch watch = watch();

    new Thread(client::close).start();
    proxy.cutNow();

    assertThat(watch.await())
        .hasValueSatisfying(why -> assertThat(why.reason()).isEqualTo(ErrorReason.CALL_CANCELLED));
  }

  @Test
  void ingestPush_returnsTheAnswer() {
    IngestPushRequest push =
        IngestPushRequest.newBuilder().setBody(ByteString.copyFromUtf8("success")).build();

    assertThat(client.events().ingestPush(push).getHandled()).isTrue();
    assertThat(client.events().ingestPushAsync(push).join().getBody().toStringUtf8())
        .isEqualTo("success");
  }
}
