package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.Samples;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.testing.TestApps;
import dev.wxnotify.server.testing.TestLedgers;
import dev.wxnotify.server.token.InMemoryTokenStore;
import dev.wxnotify.server.token.TokenCache;
import dev.wxnotify.server.token.TokenListener;
import dev.wxnotify.server.token.TokenPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A delivery as the server wires it, with a fake WeChat. There is no jitter: the pauses before
 * retries are {@link #FIRST_PAUSE} and {@link #SECOND_PAUSE}.
 */
final class DeliveryFixture {
  static final Duration TIMEOUT = Duration.ofSeconds(10);
  static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  static final Duration SECOND_PAUSE = Duration.ofMillis(150);
  static final Duration A_NANOSECOND = Duration.ofNanos(1);

  final FakeClock clock = new FakeClock();
  final FakeScheduler timer = new FakeScheduler(clock);
  final FakeScheduler logTimer = new FakeScheduler(clock);
  final ScriptedTokenIssuer issuer = new ScriptedTokenIssuer();
  final RecordingGateway gateway = new RecordingGateway();
  final Permits inFlight;
  final Permits connections;
  final App app;
  final App otherApp;
  final MessageSender sender;
  final Admission delivery;

  /** A delivery with room for everything. */
  DeliveryFixture() {
    this(new Permits(1_000, 10), new Permits(1_000, 10));
  }

  DeliveryFixture(Permits inFlight, Permits connections) {
    this.inFlight = inFlight;
    this.connections = connections;
    this.app = app("wx-app", timer);
    this.otherApp = app("wx-other", timer);
    this.sender = sender(gateway, timer);
    this.delivery =
        new Admission(
            inFlight,
            TestLedgers.inMemory(1_000, clock.nanos()),
            SubscriptionCheck.NONE,
            sender,
            Duration.ofSeconds(5),
            new OutcomeLog(logTimer));
  }

  /** Returns another app. */
  App app(String appId) {
    return app(appId, timer);
  }

  private App app(String appId, ScheduledExecutorService timer) {
    TokenCache tokens =
        new TokenCache(
            appId,
            issuer,
            new InMemoryTokenStore(clock),
            TokenPolicy.DEFAULT,
            1_000_000,
            clock,
            timer,
            () -> 0,
            TokenListener.NONE);
    return TestApps.app(appId, tokens, Samples.SECKILL_TEMPLATE, clock.nanos(), timer);
  }

  /** Returns a sender that shares everything except its gateway and its timer. */
  MessageSender sender(MessageGateway gateway, ScheduledExecutorService timer) {
    return new MessageSender(
        gateway, connections, new RetryPolicy(() -> 0), clock, clock.nanos(), timer, List.of());
  }

  /** Returns a delivery that shares everything, with {@code listener} attached. */
  Admission delivery(DeliveryListener listener) {
    return new Admission(
        inFlight,
        TestLedgers.inMemory(1_000, clock.nanos()),
        SubscriptionCheck.NONE,
        new MessageSender(
            gateway,
            connections,
            new RetryPolicy(() -> 0),
            clock,
            clock.nanos(),
            timer,
            List.of(listener)),
        Duration.ofSeconds(5));
  }

  Order order() {
    return order(Samples.OPEN_ID);
  }

  Order order(String openId) {
    return order(openId, "", Lane.SINGLE, TIMEOUT);
  }

  Order order(String openId, String requestId, Lane lane, Duration timeout) {
    return new Order(
        app,
        Samples.message(openId),
        MessageKind.SUBSCRIBE,
        "caller",
        requestId,
        lane,
        timeout,
        Trace.NONE,
        Instant.EPOCH,
        false);
  }

  Order order(Duration timeout) {
    return order(Samples.OPEN_ID, "", Lane.SINGLE, timeout);
  }

  Delivery deliver() {
    return delivery.deliver(order());
  }

  /** Returns what the caller has received so far. */
  static SendOutcome heard(Delivery delivery) {
    return answer(delivery).outcome();
  }

  static Reply answer(Delivery delivery) {
    CompletableFuture<Reply> answer = delivery.answer();
    assertThat(answer).isCompleted();
    return answer.join();
  }

  /** Puts a token into the cache, so that tests that are not about tokens can ignore them. */
  void warmUp() {
    app.tokens().warmUp();
    otherApp.tokens().warmUp();
  }

  /** Checks that every resource taken for a message was released. */
  void assertNothingIsHeld() {
    gateway.assertProtocolWasKept();
    assertThat(inFlight.used()).as("permits of messages in flight").isZero();
    assertThat(connections.used()).as("connections").isZero();
    assertThat(sender.recipients().size()).as("recipients").isZero();
    assertThat(timer.pending()).as("tasks: the renewals of two tokens").isLessThanOrEqualTo(2);
  }
}
