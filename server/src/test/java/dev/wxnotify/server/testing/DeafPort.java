package dev.wxnotify.server.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port that refuses connections, for as long as this JVM lives. It is bound and nobody listens: a
 * port that was free a moment ago may be that of another test by now.
 */
public final class DeafPort {
  private static final Socket BOUND = bind();

  private DeafPort() {}

  /** Returns the port, on every local address. */
  public static int number() {
    return BOUND.getLocalPort();
  }

  private static Socket bind() {
    Socket socket = new Socket();
    try {
      socket.bind(new InetSocketAddress(0));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
