package dev.wxnotify.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.journal.PushListener;
import dev.wxnotify.server.journal.PushListener.Forwarding;
import dev.wxnotify.server.journal.PushListener.Kind;
import dev.wxnotify.server.journal.PushListener.Result;
import dev.wxnotify.server.testing.FakeClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which push moves which series. */
final class PushMetersTest {
  private static final String APP = "wx-app";

  private final ServerMeters meters = new ServerMeters("1.2.3", List.of(APP), new FakeClock());
  private final PushListener listener = meters.pushListener();

  @AfterEach
  void close() {
    meters.close();
  }

  private static String pushes(String event, String result) {
    return "wxnotify_pushes_total{app=\"wx-app\",event=\""
        + event
        + "\",result=\""
        + result
        + "\"}";
  }

  @Test
  void seriesOfAnApp_beginWithZero_andMoveWithItsPushes() {
    meters.watchPushes(APP);
    Scrape before = Scrape.of(meters);
    listener.pushed(APP, Kind.SENT, Result.STORED);
    listener.pushed(APP, Kind.UNKNOWN, Result.WRONG_SIGNATURE);
    listener.forwarded(APP, Forwarding.BUSY);
    listener.receiptArrived(APP, true, Duration.ofSeconds(3));
    listener.receiptArrived(APP, false, Duration.ofMinutes(10));
    Scrape now = Scrape.of(meters);

    assertThat(before.value(pushes("sent", "stored"))).isZero();
    assertThat(before.value(pushes("unknown", "wrong_signature"))).isZero();
    assertThat(now.value(pushes("sent", "stored"))).isEqualTo(1);
    assertThat(now.value(pushes("unknown", "wrong_signature"))).isEqualTo(1);
    assertThat(now.value("wxnotify_push_forwards_total{app=\"wx-app\",result=\"busy\"}"))
        .isEqualTo(1);
    String lag = "wxnotify_receipt_lag_seconds_bucket{app=\"wx-app\",status=\"%s\",le=\"%s\"}";
    assertThat(now.value(lag.formatted("delivered", "2.0"))).isZero();
    assertThat(now.value(lag.formatted("delivered", "5.0"))).isEqualTo(1);
    assertThat(now.value(lag.formatted("failed", "300.0"))).isZero();
    assertThat(now.value(lag.formatted("failed", "1800.0"))).isEqualTo(1);
  }

  /** Every result that the push edge has is there from the start. */
  @Test
  void everyResultOfAPush_hasASeriesFromTheStart() {
    meters.watchPushes(APP);

    for (Result result : Result.values()) {
      assertThat(Scrape.of(meters).series("wxnotify_pushes_total"))
          .anyMatch(series -> series.contains("\"" + DeliveryMeters.label(result) + "\""));
    }
  }

  @Test
  void appsWithoutPushes_haveNoSeries_andPushesMakeNone() {
    listener.pushed(APP, Kind.SENT, Result.STORED);
    listener.forwarded(APP, Forwarding.ANSWERED);
    listener.receiptArrived(APP, true, Duration.ZERO);

    assertThat(Scrape.of(meters).series("wxnotify_pushes_total")).isEmpty();
    assertThat(Scrape.of(meters).series("wxnotify_push_forwards_total")).isEmpty();
    assertThat(Scrape.of(meters).series("wxnotify_receipt_lag_seconds_count")).isEmpty();
  }

  @Test
  void appThatIsGone_hasNoSeries_andOneThatComesBackBeginsWithZero() {
    meters.watchPushes(APP);
    listener.pushed(APP, Kind.SENT, Result.STORED);
    meters.forget(APP);
    listener.pushed(APP, Kind.SENT, Result.STORED);

    assertThat(Scrape.of(meters).series("wxnotify_pushes_total")).isEmpty();
    meters.watchPushes(APP);
    assertThat(Scrape.of(meters).value(pushes("sent", "stored"))).isZero();
  }
}
