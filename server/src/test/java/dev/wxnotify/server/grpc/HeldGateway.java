package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.delivery.MessageGateway;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.token.AccessToken;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * A WeChat behind a real connection. It accepts every message, unless a test scripts other answers,
 * on threads that the test chooses, or holds messages until the test releases them. Thread-safe; a
 * test can wait for events.
 */
final class HeldGateway implements MessageGateway {
  /** How far a message proceeds by itself; the test does the rest. */
  enum Until {
    /** It stops on arrival, as while a connection is being opened. */
    CALLED,
    /** It is written, and no answer arrives. */
    WRITTEN,
    /** The answer arrives. */
    ANSWERED
  }

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Object lock = new Object();

  @GuardedBy("lock")
  private final List<Attempt> attempts = new ArrayList<>();

  @GuardedBy("lock")
  private final List<Attempt> writes = new ArrayList<>();

  @GuardedBy("lock")
  private final Map<String, Queue<Answer>> script = new HashMap<>();

  @GuardedBy("lock")
  private Until until = Until.ANSWERED;

  @GuardedBy("lock")
  private Executor threads = Runnable::run;

  /** One call of the gateway. */
  final class Attempt {
    private final SubscribeMessage message;
    private final WriteGate gate;
    private final Answer scripted;
    private final CompletableFuture<Answer> stage = new CompletableFuture<>();

    private volatile boolean written;

    private Attempt(SubscribeMessage message, WriteGate gate, Answer scripted) {
      this.message = message;
      this.gate = gate;
      this.scripted = scripted;
    }

    SubscribeMessage message() {
      return message;
    }

    /** Writes the message if the gate allows it; otherwise ends the attempt. */
    boolean write() {
      synchronized (this) {
        if (written) {
          return true;
        }
        written = gate.tryPass();
      }
      if (!written) {
        stage.complete(new Answer.NotWritten("the message was given up"));
        return false;
      }
      synchronized (lock) {
        writes.add(this);
        lock.notifyAll();
      }
      return true;
    }

    /** Ends the attempt as scripted; without a script WeChat accepts the message. */
    void answer() {
      stage.complete(scripted);
    }

    private void go(Until end) {
      if (end != Until.CALLED && write() && end == Until.ANSWERED) {
        answer();
      }
    }
  }

  @Override
  public CompletionStage<Answer> send(SubscribeMessage message, AccessToken token, WriteGate gate) {
    Attempt attempt;
    Until end;
    Executor on;
    synchronized (lock) {
      Answer own = script.getOrDefault(message.openId(), new ArrayDeque<>()).poll();
      attempt =
          new Attempt(
              message, gate, own == null ? new Answer.Accepted(idOf(message.openId())) : own);
      end = until;
      on = threads;
      attempts.add(attempt);
      lock.notifyAll();
    }
    on.execute(() -> attempt.go(end));
    return attempt.stage;
  }

  /** Returns the message id that this WeChat gives to a message for {@code openId}. */
  static String idOf(String openId) {
    return "msgid of " + openId;
  }

  /** Lets messages proceed to {@code end} by themselves from now on. */
  void go(Until end) {
    synchronized (lock) {
      until = end;
    }
  }

  /** Works on {@code threads} from now on, instead of the caller's. */
  void workOn(Executor threads) {
    synchronized (lock) {
      this.threads = threads;
    }
  }

  /** Answers the next messages for one recipient with {@code answers}, one each. */
  void scriptFor(String openId, Answer... answers) {
    synchronized (lock) {
      script.computeIfAbsent(openId, id -> new ArrayDeque<>()).addAll(List.of(answers));
    }
  }

  /** Returns every call, in order. */
  List<Attempt> attempts() {
    synchronized (lock) {
      return List.copyOf(attempts);
    }
  }

  /** Returns the calls that wrote their message, in the order of writing. */
  List<Attempt> writes() {
    synchronized (lock) {
      return List.copyOf(writes);
    }
  }

  /** Returns the first {@code count} calls, as soon as they have arrived. */
  List<Attempt> awaitAttempts(int count) throws InterruptedException {
    return await(count, this::attempts);
  }

  /** Returns the first {@code count} calls that wrote, as soon as they have written. */
  List<Attempt> awaitWrites(int count) throws InterruptedException {
    return await(count, this::writes);
  }

  private List<Attempt> await(int count, Supplier<List<Attempt>> of) throws InterruptedException {
    long end = System.nanoTime() + Await.LONGEST.toNanos();
    synchronized (lock) {
      long left = Await.LONGEST.toMillis();
      while (of.get().size() < count && left > 0) {
        lock.wait(left);
        left = (end - System.nanoTime()) / NANOS_PER_MILLI;
      }
      assertThat(of.get()).hasSizeGreaterThanOrEqualTo(count);
      return of.get().subList(0, count);
    }
  }

  /** Releases every held message, and all later ones. */
  void release() {
    List<Attempt> all;
    synchronized (lock) {
      until = Until.ANSWERED;
      all = List.copyOf(attempts);
    }
    for (Attempt attempt : all) {
      if (attempt.write()) {
        attempt.answer();
      }
    }
  }
}
