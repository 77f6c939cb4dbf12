package dev.wxnotify.server.pages;

import dev.wxnotify.server.netty.HttpAnswer;
import dev.wxnotify.server.netty.HttpStream;
import dev.wxnotify.web.EventSink;
import dev.wxnotify.web.HostCheck;
import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import dev.wxnotify.web.ServerSentEvent;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console as routes of an HTTP port. Up to {@link #THREADS} threads answer, which end when
 * nobody asks for a while; the first of them makes the console. The event loop of the port, which
 * answers probes too, only hands requests over, at most {@link Pages#MOST} at a time.
 */
final class PageRoutes implements Pages.Routes {
  static final int THREADS = 2;

  private static final long THREADS_LIVE_SECONDS = 30;
  private static final Logger log = LoggerFactory.getLogger(PageRoutes.class);

  private final Function<Executor, Console> maker;
  private final ThreadPoolExecutor threads;
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile @Nullable Console console;

  /** Prepares the pages, as {@link Pages} does. */
  PageRoutes(
      Set<String> allowedHosts,
      Operators operators,
      ConsoleSources sources,
      LongSupplier nanoClock,
      ScheduledExecutorService timer) {
    this(
        threads ->
            new Console(
                new HostCheck(allowedHosts),
                new Access(operators, nanoClock),
                new HtmlPages(sources.clock().withZone(ZoneOffset.UTC)),
                visit -> new LiveData(visit, sources, threads, timer)));
  }

  /**
   * Pages of a console of its own kind.
   *
   * @param maker makes the console at the first request; receives the threads
   */
  PageRoutes(Function<Executor, Console> maker) {
    this.threads = threads();
    this.maker = maker;
  }

  private static ThreadPoolExecutor threads() {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            THREADS_LIVE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "wxnotify-pages-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  @Override
  public @Nullable HttpAnswer answerHead(HttpRequest head) {
    return Pages.refusal(head);
  }

  @Override
  public CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body) {
    throw new UnsupportedOperationException("who asks is needed");
  }

  @Override
  public CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body, InetAddress peer) {
    if (underWay.incrementAndGet() > Pages.MOST) {
      underWay.decrementAndGet();
      return CompletableFuture.completedFuture(busy());
    }
    CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
    try {
      threads.execute(
          () -> {
            try {
              answer.complete(answer(console().answer(request(head, body, peer))));
            } catch (RuntimeException | LinkageError e) {
              answer.completeExceptionally(e);
            } finally {
              underWay.decrementAndGet();
            }
          });
    } catch (RejectedExecutionException e) {
      underWay.decrementAndGet();
      answer.complete(busy());
    }
    return answer;
  }

  private static HttpAnswer busy() {
    return HttpAnswer.text(
            HttpResponseStatus.SERVICE_UNAVAILABLE, "too many pages are asked for; try again\n")
        .last();
  }

  private Console console() {
    Console made = console;
    if (made != null) {
      return made;
    }
    synchronized (maker) {
      if (console == null) {
        console = maker.apply(threads);
        log.debug("the console is made");
      }
      return Objects.requireNonNull(console, "made");
    }
  }

  private static PageRequest request(HttpRequest head, byte[] body, InetAddress peer) {
    HttpHeaders sent = head.headers();
    Map<String, String> headers = new HashMap<>();
    for (String name : sent.names()) {
      headers.put(
          name, String.join(name.equalsIgnoreCase("cookie") ? "; " : ", ", sent.getAll(name)));
    }
    if (!head.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      headers.putIfAbsent("via", "1.0"); // No browser speaks it, and proxies do that add no header.
    }
    return PageRequest.of(head.method().name(), head.uri(), headers, body, peer);
  }

  private static HttpAnswer answer(PageAnswer page) {
    if (page instanceof PageAnswer.Whole whole) {
      return new HttpAnswer(
          HttpResponseStatus.valueOf(whole.status()),
          whole.contentType(),
          Unpooled.wrappedBuffer(whole.body()),
          whole.headers(),
          true);
    }
    PageAnswer.Stream stream = (PageAnswer.Stream) page;
    return HttpAnswer.events(to -> stream.source().open(new Sink(to)), stream.headers());
  }

  private record Sink(HttpStream.Sink to) implements EventSink {
    @Override
    public boolean send(ServerSentEvent event) {
      return to.send(event.encoded());
    }

    @Override
    public void close() {
      to.close();
    }
  }

  /** Ends the threads; what is asked for afterwards is answered with 503. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
