package dev.wxnotify.testing;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * The jar of the server. It is a file inside this library's jar, not on the class path.
 *
 * <p>Its classes have their own class loader, whose only parent is the JDK. So the libraries of the
 * server never conflict with those of the caller's tests, whatever their versions, and the caller's
 * class path gets none of them.
 */
final class ServerJar {
  private static final Object lock = new Object();

  /** One for the whole JVM: loading takes most of the time of a start. */
  @GuardedBy("lock")
  private static @Nullable ClassLoader loader;

  private ServerJar() {}

  /** Returns the class loader of the server. */
  static ClassLoader loader() throws IOException {
    synchronized (lock) {
      ClassLoader made = loader;
      if (made == null) {
        made =
            new URLClassLoader(
                "wxnotify-server",
                new URL[] {unpacked().toUri().toURL()},
                ClassLoader.getPlatformClassLoader());
        loader = made;
      }
      return made;
    }
  }

  private static Path unpacked() throws IOException {
    try (InputStream jar = ServerJar.class.getResourceAsStream("wxnotify-server.jar")) {
      if (jar == null) {
        throw new FileNotFoundException("wxnotify-server.jar is missing from wxnotify-testing.jar");
      }
      Path file = Files.createTempFile("wxnotify-server-", ".jar");
      file.toFile().deleteOnExit();
      Files.copy(jar, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    }
  }
}
