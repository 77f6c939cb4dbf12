package dev.wxnotify.sandbox;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Verifies the URLs of the apps as WeChat does when its form is submitted: a signed GET, whose
 * answer has to be its {@code echostr}. WeChat asks once; here it is repeated, since the receiver
 * may start after the sandbox.
 */
final class PushVerification {

  static final String VERIFIED = "verified";
  static final String TRYING = "trying";

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final PushRepeats repeats;
  private final PushClient client;
  private final PushTimer timer;
  private final InstantSource clock;

  /** One verification, until it succeeds or another one takes its place. */
  private record Run(String appId, PushTarget target, long number) {}

  private final AtomicLong numbers = new AtomicLong();
  private final Map<String, Run> runs = new ConcurrentHashMap<>();
  private final Map<String, String> results = new ConcurrentHashMap<>();

  PushVerification(PushRepeats repeats, PushClient client, PushTimer timer, InstantSource clock) {
    this.repeats = repeats;
    this.client = client;
    this.timer = timer;
    this.clock = clock;
  }

  /** Begins with the verification of the app's URL. */
  void begin(String appId, PushTarget target) {
    results.put(appId, TRYING);
    Run run = new Run(appId, target, numbers.incrementAndGet());
    runs.put(appId, run);
    timer.run(() -> attempt(run, FIRST_PAUSE));
  }

  /** What became of each: {@code verified}, {@code trying}, or what was wrong the last time. */
  Map<String, String> results() {
    return Map.copyOf(results);
  }

  /** Forgets an app that has no URL any more. */
  void forget(String appId) {
    runs.remove(appId);
    results.remove(appId);
  }

  private void attempt(Run run, Duration pause) {
    if (!run.equals(runs.get(run.appId()))) {
      return;
    }
    PushTarget target = run.target();
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    String nonce = PushEnvelope.nonce();
    String echo = PushEnvelope.nonce() + PushEnvelope.nonce();
    String query =
        "signature="
            + PushCrypto.signature(target.token(), timestamp, nonce)
            + "&timestamp="
            + timestamp
            + "&nonce="
            + nonce
            + "&echostr="
            + echo;
    CompletableFuture<PushReply> reply = client.get(target.withQuery(query));
    timer.after(repeats.answerTimeout(), () -> reply.complete(PushReply.none("no answer")));
    var unused = reply.thenAccept(answer -> timer.run(() -> answered(run, pause, echo, answer)));
  }

  private void answered(Run run, Duration pause, String echo, PushReply answer) {
    String appId = run.appId();
    if (!run.equals(runs.get(appId))) {
      return;
    }
    if (answer.ok() && answer.text().equals(echo)) {
      results.put(appId, VERIFIED);
      return;
    }
    String wrong =
        answer.status() == 0
            ? TRYING + ": " + answer.text()
            : answer.ok() ? "refused: not the echostr" : "refused: HTTP " + answer.status();
    Duration next = pause.multipliedBy(2);
    timer.after(
        pause, () -> attempt(run, next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE));
    results.put(appId, wrong);
  }
}
