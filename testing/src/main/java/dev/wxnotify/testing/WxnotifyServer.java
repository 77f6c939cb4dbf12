package dev.wxnotify.testing;

import dev.wxnotify.client.NotificationClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.util.Map;

/**
 * The server, with a fake WeChat behind it, inside this process: on free ports of 127.0.0.1, for
 * tests.
 *
 * <pre>{@code
 * try (WxnotifyServer wxnotify = WxnotifyServer.start()) {
 *   MyService service = new MyService(wxnotify.target());
 *   service.remind("alice");
 *   assertEquals("Coffee", wxnotify.weChat().messagesTo("alice").get(0).data().get("thing1"));
 * }
 * }</pre>
 *
 * <p>It has no JUnit types. In JUnit 4 start it in {@code @BeforeClass} and close it in
 * {@code @AfterClass}, or wrap it in an {@code ExternalResource}; for JUnit 5 there is {@link
 * WxnotifyExtension}.
 *
 * <p>The first start in a JVM takes about a second, later ones a fraction of it.
 */
public final class WxnotifyServer implements AutoCloseable {
  private static final String ENTRY = "dev.wxnotify.server.SandboxServer";

  private final AutoCloseable server;
  private final int port;
  private final FakeWeChat weChat;
  private final NotificationClient client;

  private WxnotifyServer(AutoCloseable server, int port, URI weChat) {
    this.server = server;
    this.port = port;
    this.weChat = new FakeWeChat(weChat);
    this.client = NotificationClient.builder(target()).plaintext().build();
  }

  /** Starts with the defaults. */
  public static WxnotifyServer start() {
    return start(Map.of());
  }

  /**
   * Starts.
   *
   * @param configuration keys of the server's configuration, such as {@code
   *     wxnotify.grpc.max-in-flight}; the app is always the sandbox's
   * @throws IllegalArgumentException if keys are wrong; it names all mistakes
   */
  public static WxnotifyServer start(Map<String, String> configuration) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      ClassLoader loader = ServerJar.loader();
      thread.setContextClassLoader(loader); // Libraries of the server look for their parts there.
      Class<?> entry = Class.forName(ENTRY, true, loader);
      AutoCloseable server =
          (AutoCloseable) entry.getMethod("start", Map.class).invoke(null, configuration);
      int port = (int) entry.getMethod("grpcPort").invoke(server);
      return new WxnotifyServer(server, port, (URI) entry.getMethod("sandboxUrl").invoke(server));
    } catch (IOException e) {
      throw new UncheckedIOException("the server could not be unpacked", e);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException wrong) {
        throw wrong;
      }
      throw new IllegalStateException("the server could not start", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the server's jar does not belong to this library", e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Returns {@code 127.0.0.1:port}, for a channel without TLS. */
  public String target() {
    return "127.0.0.1:" + port;
  }

  /** Returns the port of gRPC. */
  public int port() {
    return port;
  }

  /** Returns a client of the server; it is closed with it. */
  public NotificationClient client() {
    return client;
  }

  /** Returns the fake WeChat: what it took, and what it shall do wrong. */
  public FakeWeChat weChat() {
    return weChat;
  }

  /** Stops the server; calls that are under way get a second to end. */
  @Override
  public void close() {
    client.close();
    try {
      server.close();
    } catch (Exception e) {
      throw new IllegalStateException("the server could not stop", e);
    }
  }
}
