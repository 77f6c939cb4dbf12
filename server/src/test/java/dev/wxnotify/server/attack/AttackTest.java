package dev.wxnotify.server.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.wxnotify.server.Main;
import dev.wxnotify.server.testing.ClassArchive;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The short form of {@link AttackRun}: attacks of all kinds, each for a second, one after the other
 * on one server in its own process with a small heap. The long form measures times, and has a new
 * server for each.
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

  private static @Nullable ServerUnderAttack server;

  /** The first attack has a new one, and that after an attack that killed it. */
  @BeforeEach
  void start() throws Exception {
    if (server == null || !server.isAlive()) {
      close();
      server = start(0);
    }
  }

  @AfterAll
  static void close() throws Exception {
    if (server != null) {
      server.close();
    }
  }

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

    assertServed(AttackRun.run(attack, form(time), Objects.requireNonNull(server)));
  }

  /** Clients that are connected go on, and the log does not grow with each socket. */
  @Test
  void honestCallers_areServed_whenThereAreNoDescriptorsLeft() throws Exception {
    assumeThat(Path.of("/usr/bin/prlimit")).exists();

    try (ServerUnderAttack narrow = start(DESCRIPTORS)) {
      assertServed(AttackRun.run(Attack.SILENT_SOCKETS, form(TIME), narrow));
    }
  }

  /**
   * Starts a server.
   *
   * @param descriptors how many files and sockets it may open; 0 for many
   */
  private static ServerUnderAttack start(int descriptors) throws Exception {
    List<String> program = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    program.addAll(ClassArchive.options());
    program.add(Main.class.getName());
    return ServerUnderAttack.start(program, descriptors, PATIENCE);
  }

  private static AttackRun.Form form(Duration time) {
    return new AttackRun.Form(time, WARM_UP_CALLS, PER_SECOND, PATIENCE);
  }

  private static void assertServed(AttackRun.Result result) {
    assertThat(result.alive()).isTrue();
    assertThat(result.honest().calls()).isPositive();
    assertThat(result.honest().failures()).as(result.toString()).isEmpty();
    assertThat(result.residentMiB())
        .as("after this attack and those before")
        .isLessThan(MOST_RESIDENT_MIB);
    assertThat(result.logLines()).as(result.log()).isLessThan(MOST_LINES);
  }
}
