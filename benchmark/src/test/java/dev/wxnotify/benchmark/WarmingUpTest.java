package dev.wxnotify.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.benchmark.report.Round;
import dev.wxnotify.benchmark.report.WarmUp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmingUpTest {
  private static final int MOST_TURNS = 16;

  private final List<Path> order = new ArrayList<>();

  /** A path that costs more while it is new, and one microsecond per message afterwards. */
  private static final class Path {
    private final String name;
    private int newRounds;

    Path(String name, int newRounds) {
      this.name = name;
      this.newRounds = newRounds;
    }

    Round run() {
      newRounds--;
      return new Round(100_000, 1, 0, newRounds >= 0 ? 1 + newRounds : 0.1);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @Test
  void run_steadyAtOnce_runsTheWindowAndNoMore() throws Exception {
    List<WarmUp> needed = run(List.of(process("a", new Path("a1", 0))));

    assertThat(order).hasSize(10);
    assertThat(needed.get(0).steady()).isTrue();
    assertThat(needed.get(0).turns()).isZero();
  }

  @Test
  void run_oneOfTwoPathsStillNew_runsBothInTurns() throws Exception {
    List<WarmUp> needed = run(List.of(process("a", new Path("fast", 0), new Path("slow", 5))));

    assertThat(order).hasSize(2 * 13);
    for (int i = 0; i < order.size(); i++) {
      assertThat(order.get(i)).hasToString(i % 2 == 0 ? "fast" : "slow");
    }
    assertThat(needed.get(0).turns()).isEqualTo(3);
  }

  @Test
  void run_oneOfTwoProcessesSteady_goesOnWithTheOtherAlone() throws Exception {
    List<WarmUp> needed =
        run(List.of(process("fast", new Path("f", 0)), process("slow", new Path("s", 5))));

    assertThat(order.subList(20, order.size()))
        .extracting(Path::toString)
        .containsExactly("s", "s", "s");
    assertThat(needed).extracting(WarmUp::process).containsExactly("fast", "slow");
    assertThat(needed).allMatch(WarmUp::steady);
  }

  @Test
  void run_neverSteady_endsAtTheBoundAndSaysSo() throws Exception {
    List<WarmUp> needed = run(List.of(process("a", new Path("a1", 20))));

    assertThat(order).hasSize(MOST_TURNS);
    assertThat(needed.get(0).steady()).isFalse();
    assertThat(needed.get(0).doubt()).isEqualTo("a was not steady after 16 turns");
  }

  private static WarmingUp<Path> process(String name, Path... paths) {
    WarmingUp<Path> process = new WarmingUp<>(name, 0);
    for (Path path : paths) {
      process.add(path.toString(), path);
    }
    return process;
  }

  private List<WarmUp> run(List<WarmingUp<Path>> processes) throws Exception {
    return WarmingUp.run(
        processes,
        MOST_TURNS,
        path -> {
          order.add(path);
          return path.run();
        });
  }
}
