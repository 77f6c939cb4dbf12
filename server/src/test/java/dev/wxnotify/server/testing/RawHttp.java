package dev.wxnotify.server.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A client that writes bytes, and reads HTTP answers one after the other. */
public final class RawHttp implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final InputStream in;

  /**
   * An answer.
   *
   * @param head its status line and headers, in lower case
   */
  public record Answer(int status, String head, String body) {}

  /** Connects to a port of this machine. */
  public RawHttp(int port) throws IOException {
    this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
    this.socket.setSoTimeout(PATIENCE_MILLIS);
    this.socket.setTcpNoDelay(true);
    this.in = socket.getInputStream();
  }

  /** Sends a request and reads its answer; the connection is closed then. */
  public static Answer ask(int port, String request) throws IOException {
    try (RawHttp http = new RawHttp(port)) {
      return http.send(request).read();
    }
  }

  /** Writes characters as bytes. */
  public RawHttp send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** Reads one answer; HEAD is answered without a body. */
  public Answer readHead() throws IOException {
    String head = head();
    return new Answer(Integer.parseInt(head.substring(9, 12)), head, "");
  }

  /** Reads one answer. */
  public Answer read() throws IOException {
    Answer answer = readHead();
    for (String line : answer.head.lines().toList()) {
      if (line.startsWith("content-length:")) {
        int length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
        return new Answer(
            answer.status, answer.head, new String(in.readNBytes(length), StandardCharsets.UTF_8));
      }
    }
    return answer;
  }

  private String head() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed after: " + head.toString(StandardCharsets.ISO_8859_1));
      }
      head.write(next);
    }
    return head.toString(StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
  }

  /** Reads what comes until the server closes the connection. */
  public String rest() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Tells, as soon as it is known, whether the server has closed the connection. */
  public boolean isClosedByServer() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
