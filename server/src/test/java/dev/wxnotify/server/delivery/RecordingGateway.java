package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.token.AccessToken;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A WeChat that accepts every message, unless a test scripts other answers, and records what was
 * written. It follows the protocol of a gateway, and checks that its caller does: no two
 * simultaneous attempts for one recipient, and no gate that opens while its message is in flight.
 * Thread-safe.
 */
final class RecordingGateway implements MessageGateway {

  /** How far an attempt proceeds by itself; a test does the rest. */
  enum Until {
    /** It stops right after the call, as while a connection is being opened. */
    CALLED,
    /** The message is written, and no answer arrives. */
    WRITTEN,
    /** The answer arrives, on the calling thread. */
    ANSWERED
  }

  private final Object lock = new Object();

  @GuardedBy("lock")
  private final List<Attempt> attempts = new ArrayList<>();

  @GuardedBy("lock")
  private final List<Attempt> writes = new ArrayList<>();

  @GuardedBy("lock")
  private final Queue<Answer> script = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Map<String, Queue<Answer>> scriptByOpenId = new HashMap<>();

  @GuardedBy("lock")
  private final Set<String> underWay = new HashSet<>();

  @GuardedBy("lock")
  private final List<String> offences = new ArrayList<>();

  @GuardedBy("lock")
  private Until until = Until.ANSWERED;

  /** One call of the gateway. */
  final class Attempt {
    private final SubscribeMessage message;
    private final AccessToken token;
    private final WriteGate gate;
    private final Answer scripted;
    private final CompletableFuture<Answer> stage = new CompletableFuture<>();

    private Attempt(SubscribeMessage message, AccessToken token, WriteGate gate, Answer scripted) {
      this.message = message;
      this.token = token;
      this.gate = gate;
      this.scripted = scripted;
    }

    SubscribeMessage message() {
      return message;
    }

    AccessToken token() {
      return token;
    }

    /** Writes the message if the gate allows it; otherwise ends the attempt. */
    boolean write() {
      if (!gate.tryPass()) {
        answer(new Answer.NotWritten("the message was given up"));
        return false;
      }
      synchronized (lock) {
        writes.add(this);
      }
      if (gate.tryPass()) {
        offend("the gate opened twice");
      }
      return true;
    }

    /** Ends the attempt with {@code answer}. */
    void answer(Answer answer) {
      end();
      stage.complete(answer);
    }

    /** Ends the attempt in a way that a gateway must not. */
    void breakWith(Throwable fault) {
      end();
      stage.completeExceptionally(fault);
    }

    private void end() {
      synchronized (lock) {
        if (!underWay.remove(recipient())) {
          offend("an attempt was answered twice");
        }
      }
    }

    private String recipient() {
      return message.openId();
    }

    private void go(Until end) {
      if (end == Until.CALLED) {
        return;
      }
      if (scripted instanceof Answer.NotWritten) {
        answer(scripted);
      } else if (write() && end == Until.ANSWERED) {
        answer(scripted);
      }
    }
  }

  @Override
  public CompletionStage<Answer> send(SubscribeMessage message, AccessToken token, WriteGate gate) {
    Attempt attempt;
    Until end;
    synchronized (lock) {
      attempt = new Attempt(message, token, gate, nextAnswer(message.openId()));
      end = until;
      attempts.add(attempt);
      if (!underWay.add(attempt.recipient())) {
        offend("two attempts at a time for one recipient");
      }
    }
    attempt.go(end);
    return attempt.stage;
  }

  @GuardedBy("lock")
  private Answer nextAnswer(String openId) {
    Answer own = scriptByOpenId.getOrDefault(openId, new ArrayDeque<>()).poll();
    if (own != null) {
      return own;
    }
    Answer next = script.poll();
    return next == null ? new Answer.Accepted("msg-" + (attempts.size() + 1)) : next;
  }

  private void offend(String offence) {
    synchronized (lock) {
      offences.add(offence);
    }
  }

  /** Lets attempts proceed to {@code end} by themselves from now on. */
  void go(Until end) {
    synchronized (lock) {
      until = end;
    }
  }

  /** Answers the next attempts with {@code answers}, one each. */
  void script(Answer... answers) {
    synchronized (lock) {
      script.addAll(List.of(answers));
    }
  }

  /** Answers the next attempts for one recipient with {@code answers}, before {@link #script}. */
  void scriptFor(String openId, Answer... answers) {
    synchronized (lock) {
      scriptByOpenId.computeIfAbsent(openId, id -> new ArrayDeque<>()).addAll(List.of(answers));
    }
  }

  /** Returns every call, in order. */
  List<Attempt> attempts() {
    synchronized (lock) {
      return List.copyOf(attempts);
    }
  }

  /** Returns the latest call. */
  Attempt last() {
    synchronized (lock) {
      return attempts.get(attempts.size() - 1);
    }
  }

  /** Returns the calls that wrote their message, in the order of writing. */
  List<Attempt> writes() {
    synchronized (lock) {
      return List.copyOf(writes);
    }
  }

  /** Returns the recipients of written messages, in order. */
  List<String> recipients() {
    return writes().stream().map(write -> write.message().openId()).toList();
  }

  /** Checks that the caller followed the protocol. */
  void assertProtocolWasKept() {
    synchronized (lock) {
      assertThat(offences).isEmpty();
      assertThat(underWay).isEmpty();
    }
  }
}
