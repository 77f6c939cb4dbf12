package dev.wxnotify.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The effect of a second signal on a process that is already stopping. The JVM itself does nothing:
 * it waits for the work of the first one to end.
 *
 * <p>The JDK's only way to handle a signal is {@code sun.misc.Signal} of the module {@code
 * jdk.unsupported}, about which javac always warns. So it is looked up at run time, and a JVM
 * without it behaves as before.
 */
final class SecondSignal {
  /**
   * A process that SIGTERM ended, in the convention of shells: 128 and the number of the signal.
   */
  static final int EXIT_TERMINATED = 143;

  private static final Logger log = LoggerFactory.getLogger(SecondSignal.class);

  private SecondSignal() {}

  /** Makes the next SIGTERM or Ctrl-C end the process immediately, whatever it is doing. */
  static void endsAtOnce() {
    handle("TERM");
    handle("INT");
  }

  private static void handle(String name) {
    InvocationHandler end =
        (proxy, method, args) -> {
          Runtime.getRuntime().halt(EXIT_TERMINATED);
          return null;
        };
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      signal
          .getMethod("handle", signal, handler)
          .invoke(
              null,
              signal.getConstructor(String.class).newInstance(name),
              Proxy.newProxyInstance(
                  SecondSignal.class.getClassLoader(), new Class<?>[] {handler}, end));
    } catch (ReflectiveOperationException e) {
      log.debug("a second {} will be ignored", name, e); // The JVM leaves signals alone (-Xrs).
    }
  }
}
