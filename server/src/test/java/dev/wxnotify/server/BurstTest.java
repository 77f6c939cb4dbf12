package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import dev.wxnotify.server.sandbox.SandboxOptions;
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

/** Single calls that come all at once, in the midst of the largest campaign. */
@Timeout(120)
class BurstTest {
  private static final int BATCH = 20_000;
  private static final int SINGLES = 200;

  /** What batches get of the 512 connections. */
  private static final int CONNECTIONS = 504;

  @Test
  void manySingles_whileABatchHasFilledTheServer_areAllAccepted() throws Exception {
    SandboxOptions slow = SandboxOptions.builder().latency(Duration.ofMillis(1_500)).build();
    try (RunningServer server = RunningServer.start(slow, Map.of())) {
      CampaignStream campaign =
          CampaignStream.send(NotificationServiceGrpc.newStub(server.channel()), items());
      campaign.awaitResults(1); // As many as it can have are under way by then.
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
