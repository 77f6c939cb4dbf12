package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import dev.wxnotify.sandbox.AcceptedMessage;
import dev.wxnotify.sandbox.Effect;
import dev.wxnotify.sandbox.Fault;
import dev.wxnotify.sandbox.Sandbox;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RawHttp2;
import dev.wxnotify.server.testing.RedisServerExtension;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers that are stopped while they work, in their own processes. */
@Timeout(300)
class StopTest {
  private static final int MESSAGES = 10_000;
  private static final SandboxOptions SLOWLY =
      SandboxOptions.builder().latency(Duration.ofMillis(10)).kept(20 * MESSAGES).build();

  /** A second on an idle machine, and far less than the grace period on any. */
  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension final RedisServerExtension redis = RedisServerExtension.with();

  @Test
  void terminated_underLoad_answersWhatItTook_andTheRestGoesElsewhere() throws Exception {
    try (Sandbox weChat = Sandbox.start(SLOWLY);
        Fleet fleet = Fleet.start(2, Fleet.environment(weChat));
        Load load = Load.start(fleet.replicas(), false)) {
      load.awaitAccepted(MESSAGES / 3);

      assertThat(fleet.replica(0).terminate()).as("exit code").isZero();

      load.awaitEnd();
      load.assertEachAcceptedOnce(weChat);
      assertThat(load.refused.get()).as("calls that had to go elsewhere").isPositive();
      assertThat(fleet.replica(0).log()).contains("stopped").doesNotContain("took longer");
    }
  }

  /** Replaces the replicas one after another, like a rolling deployment. */
  @Test
  void rollingRestart_ofThreeReplicas_losesAndRepeatsNothing() throws Exception {
    try (Sandbox weChat = Sandbox.start(SLOWLY);
        Fleet fleet = Fleet.start(3, Fleet.environment(weChat, redis))) {
      List<ReplicaProcess> next = new ArrayList<>();
      try (Load load = Load.start(fleet.replicas(), true)) {
        for (int i = 0; i < 3; i++) {
          ReplicaProcess replacement = ReplicaProcess.launch(Fleet.environment(weChat, redis));
          next.add(replacement);
          replacement.awaitReady();
          load.replicas.set(i, replacement);
          assertThat(fleet.replica(i).terminate()).as("exit code").isZero();
        }
        load.awaitEnd();
        load.assertEachAcceptedOnce(weChat);
      } finally {
        next.forEach(ReplicaProcess::close);
      }
    }
  }

  /** The caller no longer waits for the answer, but a repeat on another replica does. */
  @Test
  void terminated_answerUnderWayThatNoCallerWaitsFor_isStored() throws Exception {
    try (Sandbox weChat = Sandbox.start()) {
      weChat.addFault(Fault.on(SandboxEndpoint.SEND, Effect.latency(Duration.ofSeconds(3))));
      terminateWhileSending(weChat, "user", Map.of());

      assertThat(weChat.messages()).hasSize(1);
      assertThat(storedOutcome())
          .startsWith("D:")
          .contains("accepted", Long.toString(weChat.messages().get(0).msgid()));
    }
  }

  @Test
  void terminated_noAnswerWithinTheGrace_isStoredAsUnknown() throws Exception {
    try (Sandbox weChat = Sandbox.start()) {
      terminateWhileSending(
          weChat, "sandbox-no-answer", Map.of("WXNOTIFY_SHUTDOWN_GRACE", "500ms"));

      assertThat(storedOutcome()).startsWith("D:").contains("unknown");
    }
  }

  private void terminateWhileSending(Sandbox weChat, String openId, Map<String, String> environment)
      throws Exception {
    Map<String, String> all = new HashMap<>(Fleet.environment(weChat, redis));
    all.put("WXNOTIFY_WECHAT_REQUEST_TIMEOUT", "2m");
    all.put("WXNOTIFY_SHUTDOWN_GRACE", "2m");
    all.putAll(environment);
    try (Fleet fleet = Fleet.start(1, all)) {
      var call =
          fleet
              .replica(0)
              .future()
              .sendSubscribeMessage(
                  RunningServer.requestTo(openId).toBuilder().setRequestId("last").build());
      Await.until("it is under way", () -> weChat.state().sendsReceived() == 1);
      call.cancel(true);

      assertThat(fleet.replica(0).terminate()).as("exit code").isZero();
    }
  }

  private String storedOutcome() throws Exception {
    List<String> keys = redis.keys().stream().filter(key -> key.contains(":request:")).toList();
    assertThat(keys).hasSize(1);
    return redis.get(keys.get(0));
  }

  @Test
  void terminatedTwice_endsAtOnce() throws Exception {
    try (Sandbox weChat = Sandbox.start()) {
      Map<String, String> environment = new HashMap<>(Fleet.environment(weChat));
      environment.put("WXNOTIFY_SHUTDOWN_GRACE", "4m");
      environment.put("WXNOTIFY_WECHAT_REQUEST_TIMEOUT", "4m");
      try (WxnotifyProcess process = WxnotifyProcess.start(environment, "serve")) {
        String ready = process.awaitErr(" ready: gRPC on ");
        int port = Integer.parseInt(ready.replaceAll(".* gRPC on [^:]+:(\\d+),.*", "$1"));
        var channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try {
          var held =
              NotificationServiceGrpc.newFutureStub(channel)
                  .withDeadlineAfter(4, TimeUnit.MINUTES)
                  .sendSubscribeMessage(RunningServer.requestTo("sandbox-no-answer"));
          Await.until("it is under way", () -> weChat.state().sendsReceived() == 1);

          process.terminate();
          process.awaitErr("stopping: ");
          assertThat(held.isDone()).isFalse();
          process.terminate();

          assertThat(process.exitCode()).isEqualTo(143);
        } finally {
          channel.shutdownNow();
        }
      }
    }
  }

  /**
   * Clients that keep their streams and connections open: one over a raw socket never half-closes
   * its batch, and answers no frame of the server. The stop ends with the last answer, long before
   * the grace period ends, and every client has its answers.
   */
  @Test
  void terminated_clientsThatNeverHalfClose_endsSoonAfterTheLastAnswer() throws Exception {
    try (Sandbox weChat = Sandbox.start()) {
      weChat.addFault(Fault.on(SandboxEndpoint.SEND, Effect.latency(Duration.ofSeconds(2))));
      Map<String, String> environment = new HashMap<>(Fleet.environment(weChat));
      environment.put("WXNOTIFY_SHUTDOWN_GRACE", "4m");
      try (Fleet fleet = Fleet.start(1, environment);
          RawHttp2 idle = RawHttp2.open(fleet.replica(0).port());
          RawHttp2 batch = RawHttp2.open(fleet.replica(0).port())) {
        byte[] open = RawHttp2.headers("/wxnotify.v1.NotificationService/BatchSend");
        idle.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, open).flush();
        batch
            .frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, open)
            .frame(RawHttp2.DATA, 0, 1, item("of-a-batch"))
            .flush();
        var single = fleet.replica(0).future().sendSubscribeMessage(RunningServer.requestTo("one"));
        // A future too: whoever has the answer of the call may be faster than its listeners.
        ListenableFuture<Long> answered =
            Futures.transform(
                single, response -> System.nanoTime(), MoreExecutors.directExecutor());
        Await.until("both are under way", () -> weChat.state().sendsReceived() == 2);

        assertThat(fleet.replica(0).terminate()).as("exit code").isZero();

        long ended = System.nanoTime();
        assertThat(single.get(1, TimeUnit.MINUTES).getMessageId()).isNotEmpty();
        assertThat(weChat.messages()).hasSize(2);
        assertThat(batch.readUntil(RawHttp2.DATA)).as("a result").isTrue();
        assertThat(batch.readUntil(RawHttp2.HEADERS)).as("the status").isTrue();
        assertThat(fleet.replica(0).log()).contains("stopped").doesNotContain("took longer");
        assertThat(Duration.ofNanos(ended - answered.get(1, TimeUnit.MINUTES))).isLessThan(SOON);
      }
    }
  }

  private static byte[] item(String openId) {
    byte[] item =
        BatchSendRequest.newBuilder()
            .setSubscribeMessage(RunningServer.requestTo(openId).getMessage())
            .build()
            .toByteArray();
    return ByteBuffer.allocate(5 + item.length).put((byte) 0).putInt(item.length).put(item).array();
  }

  /**
   * Ten thousand messages or more, each to a different user, over replicas that start and stop. A
   * call that a replica certainly did not accept is repeated on another one, as any client does
   * after GOAWAY; everything else counts as a failure.
   */
  private static final class Load implements AutoCloseable {
    private static final int MOST_UNDER_WAY = 100;
    private static final int MOST_TRIES = 50;

    /** The pause between two messages. */
    private static final Duration PACE = Duration.ofMillis(2);

    private final AtomicReferenceArray<ReplicaProcess> replicas;
    private final boolean requestIds;
    private final Set<Integer> accepted = ConcurrentHashMap.newKeySet();
    private final Set<String> failures = ConcurrentHashMap.newKeySet();
    private final Semaphore underWay = new Semaphore(MOST_UNDER_WAY);
    private final AtomicInteger refused = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "load");
    private volatile boolean over;
    private volatile int sent;

    private Load(List<ReplicaProcess> replicas, boolean requestIds) {
      this.replicas = new AtomicReferenceArray<>(replicas.toArray(ReplicaProcess[]::new));
      this.requestIds = requestIds;
    }

    static Load start(List<ReplicaProcess> replicas, boolean requestIds) {
      Load load = new Load(replicas, requestIds);
      load.thread.setDaemon(true);
      load.thread.start();
      return load;
    }

    /** Catches up on lost time: on a busy machine each pause is longer than requested. */
    private void run() {
      try {
        long start = System.nanoTime();
        for (int i = 0; i < MESSAGES || !over; i++) {
          underWay.acquire();
          sent = i + 1;
          send(i, 0);
          TimeUnit.NANOSECONDS.sleep(start + sent * PACE.toNanos() - System.nanoTime());
        }
      } catch (InterruptedException e) {
        // The test ended before its load.
      }
    }

    private void send(int i, int tries) {
      var request = RunningServer.requestTo("user-" + i).toBuilder();
      if (requestIds) {
        request.setRequestId("message-" + i);
      }
      Futures.addCallback(
          replicas
              .get((i + tries) % replicas.length())
              .future()
              .withDeadlineAfter(1, TimeUnit.MINUTES)
              .sendSubscribeMessage(request.build()),
          new FutureCallback<SendSubscribeMessageResponse>() {
            @Override
            public void onSuccess(SendSubscribeMessageResponse response) {
              if (response.getReplayed() || !accepted.add(i)) {
                failures.add("message " + i + " was accepted before");
              }
              underWay.release();
            }

            @Override
            public void onFailure(Throwable failure) {
              if (wasNeverTaken(failure) && tries < MOST_TRIES) {
                refused.incrementAndGet();
                send(i, tries + 1);
              } else {
                failures.add(text(failure));
                underWay.release();
              }
            }
          },
          MoreExecutors.directExecutor());
    }

    /** There was no connection, or the server's GOAWAY shows that it did not start the call. */
    private static boolean wasNeverTaken(Throwable failure) {
      String text = text(failure);
      return Status.fromThrowable(failure).getCode() == Status.Code.UNAVAILABLE
          && (text.contains("Connection refused")
              || text.contains("GOAWAY")
              || text.contains("NO_ERROR"));
    }

    private static String text(Throwable failure) {
      StringBuilder text = new StringBuilder();
      for (Throwable each = failure; each != null; each = each.getCause()) {
        text.append(each).append("; ");
      }
      return text.toString();
    }

    /** As long as the test may take: the speed depends on the machine. */
    void awaitAccepted(int messages) throws InterruptedException {
      while (accepted.size() < messages) {
        Thread.sleep(PACE.toMillis());
      }
    }

    /** Ends after enough messages, and waits for all answers. */
    void awaitEnd() throws InterruptedException {
      over = true;
      thread.join();
      underWay.acquire(MOST_UNDER_WAY);
    }

    void assertEachAcceptedOnce(Sandbox weChat) {
      assertThat(failures).isEmpty();
      assertThat(accepted).hasSize(sent).hasSizeGreaterThanOrEqualTo(MESSAGES);
      Map<String, Integer> received = new HashMap<>();
      for (AcceptedMessage message : weChat.messages()) {
        received.merge(message.openId(), 1, Integer::sum);
      }
      assertThat(received).hasSize(sent);
      assertThat(received.values()).containsOnly(1);
    }

    @Override
    public void close() {
      thread.interrupt();
    }
  }
}
