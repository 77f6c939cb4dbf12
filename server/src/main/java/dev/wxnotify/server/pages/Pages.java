package dev.wxnotify.server.pages;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.netty.HttpAnswer;
import dev.wxnotify.server.netty.HttpRoutes;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The console as routes of an HTTP port, which do not exist before the first request: until then no
 * class of a page is loaded, and there is no thread.
 */
public final class Pages implements HttpRoutes, AutoCloseable {
  /** The longest body: a form with a token. */
  public static final int MAX_BODY = 8 * 1024;

  /** The most requests that are answered at a time; others are answered with 503 at once. */
  public static final int MOST = 16;

  private final Supplier<Routes> maker;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private @Nullable Routes made;

  /** Routes that have something to end. */
  interface Routes extends HttpRoutes, AutoCloseable {
    @Override
    void close();
  }

  /**
   * Prepares the pages.
   *
   * @param allowedHosts names that browsers may use, beside addresses and {@code localhost}
   * @param operators who may see them; asked for at the first request
   * @param sources what they show; asked for at the first request
   * @param nanoClock as {@link System#nanoTime}
   * @param timer runs what is due later
   */
  public Pages(
      Set<String> allowedHosts,
      Supplier<Operators> operators,
      Supplier<ConsoleSources> sources,
      LongSupplier nanoClock,
      ScheduledExecutorService timer) {
    this.maker =
        () -> new PageRoutes(allowedHosts, operators.get(), sources.get(), nanoClock, timer);
  }

  @Override
  public @Nullable HttpAnswer answerHead(HttpRequest head) {
    return refusal(head);
  }

  /** Answers what no page takes by its head; null for anything else. */
  static @Nullable HttpAnswer refusal(HttpRequest head) {
    HttpMethod method = head.method();
    if (!method.equals(HttpMethod.GET)
        && !method.equals(HttpMethod.HEAD)
        && !method.equals(HttpMethod.POST)) {
      return HttpAnswer.notAllowed("GET, HEAD, POST").last();
    }
    return head.uri().startsWith("/")
        ? null
        : HttpAnswer.text(HttpResponseStatus.BAD_REQUEST, "a path is expected\n").last();
  }

  @Override
  public CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body) {
    return routes().answer(head, body);
  }

  @Override
  public CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body, InetAddress peer) {
    return routes().answer(head, body, peer);
  }

  private Routes routes() {
    synchronized (lock) {
      Routes known = made;
      if (known == null) {
        known = maker.get();
        made = known;
      }
      return known;
    }
  }

  /** Ends the threads; the port is closed before. */
  @Override
  public void close() {
    synchronized (lock) {
      if (made != null) {
        made.close();
      }
    }
  }
}
