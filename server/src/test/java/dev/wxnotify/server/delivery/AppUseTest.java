package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Concurrently;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class AppUseTest {
  private final AppUse use = new AppUse();
  private final AtomicInteger runs = new AtomicInteger();

  @Test
  void whenUnused_nothingUnderWay_runsAtOnce() {
    use.begin();
    use.end();

    use.whenUnused(runs::incrementAndGet);

    assertThat(runs).hasValue(1);
  }

  @Test
  void whenUnused_twoUnderWay_runsWithTheEndOfTheLast_andOnce() {
    use.begin();
    use.begin();
    use.whenUnused(runs::incrementAndGet);
    use.end();
    assertThat(runs).hasValue(0);

    use.end();
    use.begin();
    use.end();

    assertThat(runs).hasValue(1);
  }

  @Test
  void end_onManyThreads_runsOnce() throws Exception {
    int threads = 8;
    for (int round = 0; round < 200; round++) {
      AppUse each = new AppUse();
      AtomicInteger count = new AtomicInteger();
      for (int i = 0; i < threads; i++) {
        each.begin();
      }
      var ignored =
          Concurrently.run(
              threads + 1,
              i -> {
                if (i == threads) {
                  each.whenUnused(count::incrementAndGet);
                } else {
                  each.end();
                }
                return i;
              });
      assertThat(count).as("round %d", round).hasValue(1);
    }
  }
}
