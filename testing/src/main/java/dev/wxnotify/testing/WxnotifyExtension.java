package dev.wxnotify.testing;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts a {@link WxnotifyServer} for the tests of a class, and closes it after them.
 *
 * <pre>{@code
 * class ReminderTest {
 *   @RegisterExtension static final WxnotifyExtension wxnotify = new WxnotifyExtension();
 *
 *   @Test
 *   void remind_sendsOneMessage() {
 *     new Reminders(wxnotify.server().target()).remind("alice");
 *     assertEquals(1, wxnotify.server().weChat().messagesTo("alice").size());
 *   }
 * }
 * }</pre>
 *
 * <p>In a static field, or by {@code @ExtendWith}, there is one server for the class, and the fake
 * WeChat is reset before each test; the server remembers the request ids of earlier tests. In a
 * field of the instance each test has a server of its own.
 *
 * <p>A test may also take the server as a parameter.
 */
public final class WxnotifyExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver {
  private final Map<String, String> configuration;
  private @Nullable WxnotifyServer server;
  private boolean forTheClass;

  /** A server with the defaults. */
  public WxnotifyExtension() {
    this(Map.of());
  }

  /**
   * A server with a configuration.
   *
   * @param configuration as in {@link WxnotifyServer#start(Map)}
   */
  public WxnotifyExtension(Map<String, String> configuration) {
    this.configuration = Map.copyOf(configuration);
  }

  /**
   * Returns the server.
   *
   * @throws IllegalStateException outside of a test
   */
  public WxnotifyServer server() {
    WxnotifyServer running = server;
    if (running == null) {
      throw new IllegalStateException("the server runs during tests only");
    }
    return running;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    if (server == null) { // Else this is a nested class.
      server = WxnotifyServer.start(configuration);
      forTheClass = true;
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (server == null) {
      server = WxnotifyServer.start(configuration);
    } else {
      server.weChat().reset();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (!forTheClass) {
      close();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (!isNested(context)) {
      close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == WxnotifyServer.class;
  }

  @Override
  public WxnotifyServer resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return server();
  }

  private static boolean isNested(ExtensionContext context) {
    return context.getParent().flatMap(ExtensionContext::getTestClass).isPresent();
  }

  private void close() {
    WxnotifyServer running = server;
    server = null;
    forTheClass = false;
    if (running != null) {
      running.close();
    }
  }
}
