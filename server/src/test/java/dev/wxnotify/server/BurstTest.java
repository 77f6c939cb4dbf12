package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Single calls that arrive together during the largest campaign. */
@Timeout(120)
class BurstTest {
  private static final int BATCH = 20_000;
  private static final int SINGLES = 200;

  /** The share of batches in the 512 connections. */
  private static final int CONNECTIONS = 504;

  @Test
  void manySingles_whileABatchHasFilledTheServer_areAllAccepted() throws Exception {
    SandboxOptions slow = SandboxOptions.builder().latency(Duration.ofMillis(1_500)).build();
    try (RunningServer server = RunningServer.start(slow, Map.of())) {
      CampaignStream campaign =
          CampaignStream.send(NotificationServiceGrpc.newStub(server.channel()), items());
      campaign.awaitResults(1); // By then it has as many in flight as it can have.
      Await.until(
          "all connections are busy again",
          () -> server.sandbox().state().sendsReceived() >= CONNECTIONS + 1);

      List<ListenableFuture<SendSubscribeMessageResponse>> singles = new ArrayList<>();
      for (int i = 0; i < SINGLES; i++) {
        singles.add(server.future().sendSubscribeMessage(RunningServer.requestTo("single-" + i)));
      }

      assertThat(Futures.allAsList(singles).get(60, TimeUnit.SECONDS)).hasSize(SINGLES);
      campaign.cancel();
    }
  }

  /**
   * The number of batch messages in flight follows from what they can use, and leaves a quarter.
   */
  @ParameterizedTest
  @CsvSource({
    "1000, 512, 640",
    "4000, 512, 640",
    "700, 512, 525",
    "500, 512, 375",
    "1000, 8, 10",
    "2, 2, 1",
    "3, 512, 2"
  })
  void inFlight_ofBatches_isWhatTheyCanUse(int most, int connections, int expected) {
    Permits permits = NotificationServer.inFlight(most, connections);
    int taken = 0;
    while (permits.tryAcquire(Lane.BATCH)) {
      taken++;
    }

    assertThat(taken).isEqualTo(expected);
    assertThat(permits.limit()).isEqualTo(most);
  }

  private static List<BatchSendRequest> items() {
    List<BatchSendRequest> items = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      items.add(
          BatchSendRequest.newBuilder()
              .setSubscribeMessage(RunningServer.messageTo("user-" + i))
              .build());
    }
    return items;
  }
}
