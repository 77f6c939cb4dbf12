package dev.wxnotify.server.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.pages.HistoryState.Sample;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the curves show. */
final class HistoryJsonTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  private final List<Sample> samples = new ArrayList<>();
  private Instant now = START;

  private void sample(Duration length, long accepted) {
    now = now.plus(length);
    samples.add(new Sample(now, length, accepted, 0, 0, 0));
  }

  private String json() {
    return new String(
        HistoryJson.write(new HistoryState(START, History.STEP, samples)), StandardCharsets.UTF_8);
  }

  @Test
  void fewMessages_areNotMoreThanThereWere() {
    sample(History.STEP, 7);
    for (int more = 0; more < 4; more++) {
      sample(History.STEP, 0);
    }

    assertThat(json()).contains("\"accepted\":[7.0,7.0,7.0,7.0,0.0]");
  }

  @Test
  void steadyMessages_areThoseOfAMinute() {
    for (int each = 0; each < 6; each++) {
      sample(History.STEP, 10);
    }

    assertThat(json()).contains("\"accepted\":[10.0,20.0,30.0,40.0,40.0,40.0]");
  }

  @Test
  void aLongSample_countsWithItsShareOfTheMinute() {
    sample(Duration.ofMinutes(4), 80);
    sample(Duration.ofSeconds(30), 3);

    assertThat(json()).contains("\"accepted\":[20.0,13.0]");
  }
}
