package dev.wxnotify.server.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.wxnotify.server.Main;
import dev.wxnotify.server.testing.ClassArchive;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The short form of {@link AttackRun}: one attack of each kind, for a second, on a server in its
 * own process with a small heap. The long form measures times.
 */
@Timeout(180)
class AttackTest {
  private static final Duration TIME = Duration.ofSeconds(1);

  /** Until memory would be full, where nothing bounds what the attack makes the server keep. */
  private static final Duration TIME_TO_FILL = Duration.ofSeconds(4);

  /** What the server and its fake WeChat need, and some more. */
  private static final int DESCRIPTORS = 250;

  private static final int WARM_UP_CALLS = 20;

  /** Few, with a long deadline: the machine may be busy. */
  private static final int PER_SECOND = 20;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The heap, and as much again for buffers, code and threads. */
  private static final long MOST_RESIDENT_MIB = 400;

  private static final int MOST_LINES = 100;

  @ParameterizedTest
  @EnumSource(
      names = {
        "EMPTY_DATA",
        "TINY_DATA",
        "ZERO_WINDOW_UPDATE",
        "TOO_MANY_STREAMS",
        "UNKNOWN_PATHS",
        "RAPID_RESET",
        "BAD_TIMEOUT",
        "SETTINGS_WINDOWS",
        "UNFINISHED_ITEMS",
        "OPEN_STREAMS",
        "SILENT_SOCKETS",
        "UNREAD_RESULTS",
        "UNREAD_SINGLE_ANSWERS"
      })
  void honestCallers_areServed_duringAttack(Attack attack) throws Exception {
    Duration time = attack == Attack.UNREAD_RESULTS ? TIME_TO_FILL : TIME;
    assertServed(AttackRun.run(attack, form(0, time)));
  }

  /** Clients that are connected go on, and the log does not grow with each socket. */
  @Test
  void honestCallers_areServed_whenThereAreNoDescriptorsLeft() throws Exception {
    assumeThat(Path.of("/usr/bin/prlimit")).exists();

    assertServed(AttackRun.run(Attack.SILENT_SOCKETS, form(DESCRIPTORS, TIME)));
  }

  private static AttackRun.Form form(int descriptors, Duration time) {
    List<String> program = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    program.addAll(ClassArchive.options());
    program.add(Main.class.getName());
    return new AttackRun.Form(program, descriptors, time, WARM_UP_CALLS, PER_SECOND, PATIENCE);
  }

  private static void assertServed(AttackRun.Result result) {
    assertThat(result.alive()).isTrue();
    assertThat(result.honest().calls()).isPositive();
    assertThat(result.honest().failures()).as(result.toString()).isEmpty();
    assertThat(result.residentMiB()).isLessThan(MOST_RESIDENT_MIB);
    assertThat(result.logLines()).as(result.log()).isLessThan(MOST_LINES);
  }
}
