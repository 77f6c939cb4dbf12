package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.testing.GrpcServerExtension.APP_ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.server.testing.JournalEvents;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.EventServiceGrpc;
import dev.wxnotify.v1.IngestPushRequest;
import dev.wxnotify.v1.WatchEventsRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Without callers on a loopback address, everything is open. */
class EventsWithoutCallersTest {
  @RegisterExtension final GrpcServerExtension server = new GrpcServerExtension(new HeldGateway());

  @Test
  void everybody_seesAllEvents() throws Exception {
    server
        .journal()
        .publish(
            JournalEvents.receipt(1, APP_ID, "an-earlier-caller"),
            JournalEvents.receiptOfNobody(2, APP_ID));

    assertThat(
            WatchCall.open(
                    server.channel(), WatchEventsRequest.newBuilder().setCursor("fake-0").build())
                .awaitEvents(2))
        .extracting(Event::getCursor)
        .containsExactly("fake-1", "fake-2");
  }

  @Test
  void everybody_mayPassOnPushes() {
    assertThat(
            EventServiceGrpc.newBlockingStub(server.channel())
                .ingestPush(IngestPushRequest.getDefaultInstance())
                .getHandled())
        .isTrue();
  }
}
