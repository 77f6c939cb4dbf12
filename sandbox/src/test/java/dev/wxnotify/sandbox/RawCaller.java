package dev.wxnotify.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Calls a sandbox over a bare socket and receives every byte, as one char each. */
final class RawCaller implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 10_000;

  private final Socket socket;

  RawCaller(Sandbox sandbox) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), sandbox.port());
    socket.setSoTimeout(TIMEOUT_MILLIS);
  }

  /** Sends a message in one write. */
  void send(String token, String openId) throws IOException {
    write(post(SandboxClient.sendPath(token), "keep-alive", SandboxClient.message(openId)));
  }

  /** Requests a stable token in one write. */
  void askForToken() throws IOException {
    String body = SandboxClient.stableBody(SandboxOptions.APP_ID, SandboxOptions.APP_SECRET, false);
    write(post("/cgi-bin/stable_token", "keep-alive", body));
  }

  static String post(String path, String connection, String body) {
    return head(path, connection, body) + body;
  }

  static String head(String path, String connection, String body) {
    return "POST %s HTTP/1.1\r\nHost: x\r\nConnection: %s\r\nContent-Length: %d\r\n\r\n"
        .formatted(path, connection, body.getBytes(StandardCharsets.UTF_8).length);
  }

  void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the bytes of one read: at least one whole segment, if {@code limit} is not less. */
  String readOnce(int limit) throws IOException {
    byte[] bytes = new byte[limit];
    int count = socket.getInputStream().read(bytes);
    return text(count < 0 ? new byte[0] : Arrays.copyOf(bytes, count));
  }

  /** Waits for this many bytes; returns fewer if the connection ends first. */
  String read(int count) throws IOException {
    return text(socket.getInputStream().readNBytes(count));
  }

  /** Reads to the normal end; fails if there is none. */
  String readToEnd() throws IOException {
    return text(socket.getInputStream().readAllBytes());
  }

  /** Reads up to the reset; fails if the connection ends normally. */
  String readToReset() throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (true) {
      int one;
      try {
        one = socket.getInputStream().read();
      } catch (SocketException e) {
        return text(read.toByteArray());
      }
      if (one < 0) {
        throw new AssertionError("an orderly end after " + text(read.toByteArray()));
      }
      read.write(one);
    }
  }

  void timeout(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
