package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallTimeoutTest {
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void stopTimer() {
    timer.shutdownNow();
  }

  @Test
  void ofCurrentCall_noDeadline_isTenSeconds() {
    assertThat(CallTimeout.ofCurrentCall()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void ofCurrentStream_noDeadline_isNone() {
    assertThat(CallTimeout.ofCurrentStream()).isNull();
  }

  /** A twentieth of the remaining time, at most 100 ms, is reserved for the way back. */
  @ParameterizedTest
  @CsvSource({"200,190", "2000,1900", "60000,59900", "3600000,3599900"})
  void ofCurrentCall_deadline_endsAMomentBefore(long deadlineMillis, long expectedMillis)
      throws Exception {
    // The deadline is measured on a fake clock.
    Deadline deadline =
        Deadline.after(
            deadlineMillis,
            TimeUnit.MILLISECONDS,
            new Deadline.Ticker() {
              @Override
              public long nanoTime() {
                return 7;
              }
            });

    assertThat(within(deadline, CallTimeout::ofCurrentCall)).hasMillis(expectedMillis);
    assertThat(within(deadline, CallTimeout::ofCurrentStream)).hasMillis(expectedMillis);
  }

  private <T extends @Nullable Object> T within(Deadline deadline, Callable<T> action)
      throws Exception {
    try (Context.CancellableContext context = Context.ROOT.withDeadline(deadline, timer)) {
      return context.call(action);
    }
  }
}
