package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads a stream of events as a browser does, over a bare socket. */
final class EventReader implements AutoCloseable {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final int TIMEOUT_MILLIS = 20_000;

  /**
   * One event.
   *
   * @param id of this event, or of the last that had one
   */
  record Event(String id, String name, JsonNode data) {}

  private final Socket socket;
  private final BufferedReader reader;
  private final List<String> head = new ArrayList<>();
  private String lastId = "";
  private int comments;

  private EventReader(Socket socket) throws IOException {
    this.socket = socket;
    this.reader =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Asks for events.
   *
   * @param headers whole lines with their ends
   */
  static EventReader open(int port, String target, String headers) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket
        .getOutputStream()
        .write(
            ("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    EventReader opened = new EventReader(socket);
    for (String line = opened.reader.readLine();
        line != null && !line.isEmpty();
        line = opened.reader.readLine()) {
      opened.head.add(line);
    }
    return opened;
  }

  static EventReader open(Sandbox sandbox) throws IOException {
    return open(sandbox.port(), "/sandbox/events", "");
  }

  /** Goes on after an event. */
  static EventReader after(Sandbox sandbox, String id) throws IOException {
    return open(sandbox.port(), "/sandbox/events", "Last-Event-ID: " + id + "\r\n");
  }

  String status() {
    return head.get(0);
  }

  List<String> head() {
    return head;
  }

  /** The id of the last event that had one. */
  String lastId() {
    return lastId;
  }

  /** The next event; fails if the stream ends or is silent. */
  Event next() throws IOException {
    String id = lastId;
    String name = "";
    StringBuilder data = new StringBuilder();
    while (true) {
      String line = reader.readLine();
      if (line == null) {
        throw new AssertionError("the stream has ended");
      }
      if (line.isEmpty()) {
        lastId = id;
        if (data.length() > 0) {
          return new Event(id, name, MAPPER.readTree(data.toString()));
        }
      } else if (line.startsWith(":")) {
        comments++;
      } else if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.startsWith("event: ")) {
        name = line.substring(7);
      } else if (line.startsWith("data: ")) {
        data.append(line, 6, line.length());
      }
    }
  }

  /** The next event of a kind. */
  Event next(String name) throws IOException {
    Event event = next();
    while (!event.name().equals(name)) {
      event = next();
    }
    return event;
  }

  /** Reads until there was a comment. */
  void awaitComment() throws IOException {
    while (comments == 0) {
      String line = reader.readLine();
      if (line == null) {
        throw new AssertionError("the stream has ended");
      }
      if (line.startsWith(":")) {
        comments++;
      }
    }
  }

  /** The rest of the body, to the end of the connection. */
  String rest() throws IOException {
    StringBuilder rest = new StringBuilder();
    for (int c = reader.read(); c >= 0; c = reader.read()) {
      rest.append((char) c);
    }
    return rest.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
