package dev.wxnotify.sandbox;

import dev.wxnotify.web.EventSink;
import dev.wxnotify.web.EventSource;
import dev.wxnotify.web.ServerSentEvent;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events from a place on, for as long as a client listens. Each client has a place in {@link
 * InboxLog} and no queue of its own; one that is slower than the events loses its place and learns
 * so.
 */
final class InboxStream implements EventSource {

  /** Why a client has to look at everything anew. */
  enum Lost {
    /** Events after its place are forgotten. */
    TOO_OLD,
    /** Its place is none of this process. */
    UNKNOWN_ID
  }

  /** Makes what is sent. On the thread of the pulse: for all clients, so it must not wait. */
  interface Renderer {

    /**
     * What a client gets that begins without a place, or has lost it.
     *
     * @param id the place from which it goes on
     * @param lost null if it had none
     * @return null for nothing
     */
    @Nullable ServerSentEvent begin(String id, @Nullable Lost lost);

    /**
     * What a client gets for some events, which may be fewer. The id of each has to be the place
     * after the last event that it covers, see {@link InboxLog#id}.
     */
    List<ServerSentEvent> render(List<InboxEvent> events);
  }

  private static final int AT_ONCE = 100;
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final InboxLog log;
  private final InboxPulse pulse;
  private final Renderer renderer;
  private final String place;

  /**
   * @param place the id of the last event that the client has; empty to begin now
   */
  InboxStream(InboxLog log, InboxPulse pulse, Renderer renderer, String place) {
    this.log = log;
    this.pulse = pulse;
    this.renderer = renderer;
    this.place = place;
  }

  @Override
  public AutoCloseable open(EventSink sink) {
    Reader reader = new Reader(sink, log.last());
    pulse.follow(reader);
    return reader;
  }

  /** One client. Everything but the end happens on the thread of the pulse. */
  private final class Reader implements Runnable, AutoCloseable {

    private final EventSink sink;
    private final long start;
    private long seen = -1;
    private boolean pausing;
    private volatile boolean closed;

    Reader(EventSink sink, long start) {
      this.sink = sink;
      this.start = start;
    }

    @Override
    public void close() {
      closed = true;
      pulse.leave(this);
    }

    @Override
    public void run() {
      if (closed) {
        return;
      }
      if (seen < 0) {
        begin();
      }
      while (!closed && ready()) {
        List<InboxEvent> events = log.after(seen, AT_ONCE);
        if (events.isEmpty()) {
          return;
        }
        if (events.get(0).number() > seen + 1) {
          begin(log.last(), Lost.TOO_OLD);
        } else {
          events(events);
        }
      }
      if (!closed && !pausing) {
        pausing = true;
        var unused = pulse.after(PAUSE, this::goOn);
      }
    }

    private void goOn() {
      pausing = false;
      run();
    }

    private boolean ready() {
      return !(sink instanceof PacedSink paced) || paced.ready();
    }

    private void begin() {
      if (place.isEmpty()) {
        begin(start, null);
        return;
      }
      long number = log.number(place);
      if (number < 0) {
        begin(log.last(), Lost.UNKNOWN_ID);
      } else if (!log.reaches(number)) {
        begin(log.last(), Lost.TOO_OLD);
      } else {
        seen = number;
      }
    }

    private void begin(long number, @Nullable Lost lost) {
      seen = number;
      ServerSentEvent first = renderer.begin(log.id(number), lost);
      if (first != null) {
        send(first);
      }
    }

    private void events(List<InboxEvent> events) {
      for (ServerSentEvent event : renderer.render(events)) {
        if (!closed) {
          send(event);
        }
      }
      seen = events.get(events.size() - 1).number();
    }

    private void send(ServerSentEvent event) {
      if (!sink.send(event)) {
        close();
      }
    }
  }
}
