package dev.wxnotify.server.attack;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Attacks a server on this machine, one attack after another, each on a server that was just
 * started with {@code -Xmx128m}, while honest callers send {@value #PER_SECOND} messages a second.
 * For each attack it prints the results of the callers, and the server's memory and log.
 *
 * <pre>
 *   java -cp server/target/test-classes:server/target/wxnotify-server.jar:… \
 *       dev.wxnotify.server.attack.AttackRun JAR [SECONDS [ATTACK…]]
 * </pre>
 */
public final class AttackRun {
  private static final Duration RESIDENT_EVERY = Duration.ofMillis(100);
  private static final int WARM_UP_CALLS = 300;
  private static final int PER_SECOND = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private AttackRun() {}

  /**
   * What an attack did.
   *
   * @param residentMiB the server's peak memory
   * @param log the last lines of the server's log
   */
  record Result(
      Attack attack,
      HonestCallers.Report honest,
      long residentMiB,
      int logLines,
      boolean alive,
      String attacker,
      String log) {

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%-22s %5d calls  p50 %5d ms  p99 %5d ms  failed %4d  overloaded %3d  %4d MiB  %7d lines"
              + "  %s  (%s)%s",
          attack,
          honest.calls(),
          honest.p50(),
          honest.p99(),
          honest.failures().size(),
          honest.overloadedAtFirst(),
          residentMiB,
          logLines,
          alive ? "alive" : "DEAD",
          attacker,
          honest.failures().isEmpty() ? "" : "\n    " + honest.failures().get(0));
    }
  }

  /**
   * How to attack.
   *
   * @param program what to start, as in {@link ServerUnderAttack#start}
   * @param descriptors how many files and sockets the server may open; 0 for many
   * @param time how long the attack lasts
   * @param warmUp how many calls are answered before it begins
   * @param perSecond how many messages the honest callers send
   * @param patience how long they wait for each answer
   */
  record Form(
      List<String> program,
      int descriptors,
      Duration time,
      int warmUp,
      int perSecond,
      Duration patience) {}

  /** Attacks once. */
  static Result run(Attack attack, Form form) throws IOException, InterruptedException {
    try (ServerUnderAttack server =
            ServerUnderAttack.start(form.program, form.descriptors, form.patience);
        HonestCallers honest = new HonestCallers(server.port(), form.perSecond, form.patience);
        Strike strike = new Strike(server.port())) {
      honest.awaitAccepted(form.warmUp);
      int linesBefore = server.lines();
      long most = 0;
      honest.attackBegins();
      attack.begin(strike);
      long end = System.nanoTime() + form.time.toNanos();
      while (System.nanoTime() < end) {
        strike.during(RESIDENT_EVERY);
        most = Math.max(most, server.residentMiB());
      }
      strike.end();
      HonestCallers.Report report = honest.report();
      return new Result(
          attack,
          report,
          most,
          server.lines() - linesBefore,
          server.isAlive(),
          strike.connections(),
          server.lastLines());
    }
  }

  public static void main(String[] args) throws Exception {
    if (args.length == 0) {
      System.err.println("usage: AttackRun JAR [SECONDS [ATTACK…]]");
      System.exit(2);
    }
    List<String> program = List.of("-jar", Path.of(args[0]).toString());
    Duration time = Duration.ofSeconds(args.length > 1 ? Long.parseLong(args[1]) : 10);
    Form form = new Form(program, 0, time, WARM_UP_CALLS, PER_SECOND, PATIENCE);
    List<Attack> attacks = new ArrayList<>();
    for (String name : Arrays.asList(args).subList(Math.min(2, args.length), args.length)) {
      attacks.add(Attack.valueOf(name));
    }
    for (Attack attack : attacks.isEmpty() ? Arrays.asList(Attack.values()) : attacks) {
      Result result = run(attack, form);
      System.out.println(result);
      if (System.getenv("ATTACK_LOG") != null) {
        System.out.println(result.log);
      }
    }
  }
}
