package dev.wxnotify.server.redis;

import dev.wxnotify.server.delivery.Admission;
import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.MessageGateway;
import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.MessageSender;
import dev.wxnotify.server.delivery.Order;
import dev.wxnotify.server.delivery.OutcomeLedger;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.Reply;
import dev.wxnotify.server.delivery.RetryPolicy;
import dev.wxnotify.server.delivery.SubscriptionCheck;
import dev.wxnotify.server.delivery.Trace;
import dev.wxnotify.server.message.Language;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.MiniProgramState;
import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.testing.TestApps;
import dev.wxnotify.server.token.InMemoryTokenStore;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenCache;
import dev.wxnotify.server.token.TokenListener;
import dev.wxnotify.server.token.TokenPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A delivery as the server wires it, with a WeChat that accepts and counts every message. */
final class TestReplica implements AutoCloseable {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger recipients = new AtomicInteger();
  private final TokenCache tokens;
  private final App app;
  private final Admission delivery;

  TestReplica(OutcomeLedger ledger, ScheduledExecutorService timer) {
    MessageGateway weChat =
        (message, token, gate) ->
            CompletableFuture.completedStage(
                gate.tryPass()
                    ? new Answer.Accepted(Integer.toString(sent.incrementAndGet()))
                    : new Answer.NotWritten("given up"));
    tokens =
        new TokenCache(
            "wx-app",
            mode ->
                CompletableFuture.completedStage(
                    new IssueResult.Issued("token", Duration.ofHours(2))),
            new InMemoryTokenStore(CLOCK),
            TokenPolicy.DEFAULT,
            20,
            CLOCK,
            timer,
            () -> 0.5,
            TokenListener.NONE);
    app =
        TestApps.app(
            "wx-app",
            tokens,
            new SeckillTemplate("pages/index", "", "thing1", "time2", "thing3", "note"),
            System::nanoTime,
            timer);
    delivery =
        new Admission(
            new Permits(1_000, 10),
            ledger,
            SubscriptionCheck.NONE,
            new MessageSender(
                weChat,
                new Permits(1_000, 10),
                new RetryPolicy(() -> 0),
                CLOCK,
                System::nanoTime,
                timer,
                List.of()),
            Duration.ofSeconds(5));
  }

  /** Delivers the message of a request id; without an id, any message. */
  Reply deliver(String requestId) throws Exception {
    return start(requestId).get(TIMEOUT.toSeconds() * 2, TimeUnit.SECONDS);
  }

  CompletableFuture<Reply> start(String requestId) {
    return start(requestId, TIMEOUT);
  }

  CompletableFuture<Reply> start(String requestId, Duration timeout) {
    String openId = "o" + (requestId.isEmpty() ? recipients.incrementAndGet() : requestId);
    SubscribeMessage message =
        new SubscribeMessage(
            openId,
            "template",
            "",
            Map.of("thing1", "value"),
            MiniProgramState.FORMAL,
            Language.ZH_CN);
    return delivery
        .deliver(
            new Order(
                app,
                message,
                MessageKind.SUBSCRIBE,
                "caller",
                requestId,
                Lane.SINGLE,
                timeout,
                Trace.NONE,
                Instant.EPOCH,
                false))
        .answer();
  }

  int sent() {
    return sent.get();
  }

  int inFlight() {
    return delivery.inFlight();
  }

  @Override
  public void close() {
    tokens.close();
  }
}
