package dev.wxnotify.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes pushes, and makes them again where the answer is missing.
 *
 * <pre>
 *   add      delay     attempt  no answer          attempt     ...    given up
 *    |---------------->|========|- - - - - - - - ->|========|  ...  ==|
 *                      |------- spacing ---------->|
 * </pre>
 *
 * <p>Whoever adds a push never waits: everything else happens on the timer's one thread, which
 * alone touches the fields without a lock.
 */
final class PushQueue {

  /** Pushes that are not done, retries included; more are dropped. */
  static final int MOST_UNFINISHED = 20_000;

  private static final int MOST_RUNNING = 128;
  private static final Duration REORDERED = Duration.ofSeconds(1);

  private final PushRepeats repeats;
  private final PushEnvelope envelope;
  private final Map<String, PushTarget> targets;
  private final PushClient client;
  private final PushTimer timer;
  private final InstantSource clock;
  private final PushCounts counts;
  private final Consumer<Push> changed;
  private final AtomicInteger unfinished = new AtomicInteger();

  /** A reset leaves the pushes of earlier epochs undone. */
  private final AtomicInteger epoch = new AtomicInteger();

  private final ArrayDeque<Push> ready = new ArrayDeque<>();
  private final ArrayDeque<Push> held = new ArrayDeque<>();
  private int running;

  /**
   * @param changed hears of each attempt that is not the last, and of each end
   */
  PushQueue(
      PushRules rules,
      Map<String, PushTarget> targets,
      PushClient client,
      PushTimer timer,
      InstantSource clock,
      PushCounts counts,
      Consumer<Push> changed) {
    this.repeats = rules.repeats();
    this.envelope = new PushEnvelope(rules.style());
    this.targets = targets;
    this.client = client;
    this.timer = timer;
    this.clock = clock;
    this.counts = counts;
    this.changed = changed;
  }

  /** Adds a push, unless too many wait. */
  void add(Push push, Duration delay) {
    if (unfinished.incrementAndGet() > MOST_UNFINISHED) {
      unfinished.decrementAndGet();
      counts.dropped();
      push.end(SandboxPush.State.LOST);
      changed.accept(push);
      return;
    }
    if (push.has(PushFaultKind.LOST)) {
      timer.run(() -> finish(push, SandboxPush.State.LOST));
    } else if (delay.isZero()) {
      timer.run(() -> due(push));
    } else {
      timer.after(delay, () -> due(push));
    }
  }

  int unfinished() {
    return unfinished.get();
  }

  /** The number that a new push has to have. */
  int epoch() {
    return epoch.get();
  }

  /** Leaves undone what was added before. */
  void forget() {
    epoch.incrementAndGet();
  }

  private void due(Push push) {
    if (push.has(PushFaultKind.REORDERED)) {
      held.add(push);
      timer.after(REORDERED, () -> release(push));
      return;
    }
    ready(push);
  }

  private void release(Push push) {
    if (held.remove(push)) {
      ready(push);
    }
  }

  private void ready(Push push) {
    ready.add(push);
    start();
  }

  private void start() {
    while (running < MOST_RUNNING) {
      Push push = ready.poll();
      if (push == null) {
        return;
      }
      PushRequest request = request(push);
      if (request == null) {
        finish(push, SandboxPush.State.LOST);
      } else {
        attempt(push, request);
      }
    }
  }

  /** What to post; null for nothing, since a reset or a change of the settings took the push. */
  private @Nullable PushRequest request(Push push) {
    PushTarget target = targets.get(push.appId());
    if (target == null || push.epoch() != epoch.get()) {
      return null;
    }
    PushRequest made = push.request();
    if (made == null || repeats.signedAnew()) {
      made = envelope.seal(target, push.appId(), push.content(), push.faults());
      push.request(made);
    }
    return made;
  }

  private void attempt(Push push, PushRequest request) {
    running++;
    counts.attempted();
    Attempt attempt = new Attempt(push, clock.instant());
    timer.after(repeats.answerTimeout(), attempt::timeOut);
    attempt.post(request);
  }

  private void answered(Push push, Instant began, PushReply reply) {
    running--;
    Duration took = Duration.between(began, clock.instant());
    boolean last = push.attempts() >= repeats.retries();
    boolean repeated =
        !last
            && !reply.accepts()
            && (reply.status() == 0 || (reply.ok() ? repeats.onBody() : repeats.onStatus()));
    if (repeated) {
      Duration rest = repeats.spacing().minus(took);
      timer.after(rest.isNegative() ? Duration.ZERO : rest, () -> ready(push));
    }
    push.attempted(new SandboxPush.Attempt(began, reply.status(), reply.text(), took.toMillis()));
    if (reply.accepts()) {
      finish(push, SandboxPush.State.DELIVERED);
    } else if (reply.ok() && !repeats.onBody()) {
      finish(push, SandboxPush.State.ANSWERED);
    } else if (repeated) {
      changed.accept(push);
    } else {
      finish(push, SandboxPush.State.GIVEN_UP);
    }
    Push first = held.poll();
    if (first != null) {
      ready.add(first);
    }
    start();
  }

  private void finish(Push push, SandboxPush.State state) {
    unfinished.decrementAndGet();
    counts.ended(state);
    push.end(state);
    changed.accept(push);
  }

  /** One request, which ends by its answer or by the time, on the timer's thread. */
  private final class Attempt {

    private final Push push;
    private final Instant began;
    private @Nullable CompletableFuture<PushReply> reply;
    private boolean ended;

    Attempt(Push push, Instant began) {
      this.push = push;
      this.began = began;
    }

    void post(PushRequest request) {
      CompletableFuture<PushReply> sent = client.post(request);
      reply = sent;
      var unused = sent.thenAccept(answer -> timer.run(() -> end(answer)));
    }

    void timeOut() {
      end(PushReply.none("no answer"));
      if (reply != null) {
        reply.cancel(true);
      }
    }

    private void end(PushReply answer) {
      if (!ended) {
        ended = true;
        answered(push, began, answer);
      }
    }
  }
}
