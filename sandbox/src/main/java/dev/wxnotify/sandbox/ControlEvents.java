package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import dev.wxnotify.web.ServerSentEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The control call that streams events. */
final class ControlEvents implements InboxStream.Renderer {

  private final InboxLog log;
  private final Inbox inbox;

  ControlEvents(InboxLog log, Inbox inbox) {
    this.log = log;
    this.inbox = inbox;
  }

  /** Events from now on, or after the last one that the client has. */
  Reply stream(PageRequest request) {
    return new Reply.Page(PageAnswer.events(inbox.events(this, placeOf(request))));
  }

  /** The place of a client: a browser that connects again sends the header, which counts then. */
  static String placeOf(PageRequest request) {
    String header = request.header("last-event-id");
    if (header != null && !header.isEmpty()) {
      return header;
    }
    String parameter = request.parameter("last_event_id");
    return parameter == null ? "" : parameter;
  }

  @Override
  public ServerSentEvent begin(String id, InboxStream.@Nullable Lost lost) {
    ObjectNode json = Json.object();
    if (lost == null) {
      return new ServerSentEvent(id, "hello", Json.text(json.put("last_event_id", id)));
    }
    return new ServerSentEvent(
        id, "reset", Json.text(json.put("reason", ControlFields.lower(lost))));
  }

  @Override
  public List<ServerSentEvent> render(List<InboxEvent> events) {
    return events.stream()
        .map(
            event ->
                new ServerSentEvent(
                    log.id(event.number()), event.kind(), Json.text(InboxJson.of(event))))
        .toList();
  }
}
