package dev.wxnotify.sandbox;

import dev.wxnotify.web.EventSource;
import java.time.Duration;

/**
 * What browsers and tests share that look at the sandbox. Nothing of it runs before somebody looks.
 */
final class Inbox implements AutoCloseable {

  private final InboxLog log;
  private final InboxPulse pulse;
  private final InboxWorkers workers = new InboxWorkers();
  private final InboxWaits waits;
  private final EventStreams streams;

  /**
   * @param heartbeat how often a stream without events gets a comment
   */
  Inbox(FakeWeChat weChat, Duration heartbeat) {
    this.log = weChat.log();
    this.pulse = new InboxPulse(log);
    this.waits = new InboxWaits(weChat.mailbox(), weChat.pushes().log(), log, pulse);
    this.streams = new EventStreams(heartbeat);
  }

  /**
   * A stream of events.
   *
   * @param place the id of the last event that the client has, see {@link ControlEvents#placeOf};
   *     empty to begin now
   */
  EventSource events(InboxStream.Renderer renderer, String place) {
    return new InboxStream(log, pulse, renderer, place);
  }

  InboxWaits waits() {
    return waits;
  }

  InboxWorkers workers() {
    return workers;
  }

  EventStreams streams() {
    return streams;
  }

  @Override
  public void close() {
    workers.close();
    pulse.close();
  }
}
