package dev.wxnotify.server.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.netty.HttpAnswer;
import dev.wxnotify.server.netty.HttpPort;
import dev.wxnotify.server.netty.HttpRoutes;
import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RawHttp;
import dev.wxnotify.server.testing.RawHttp.Answer;
import dev.wxnotify.web.HostCheck;
import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import dev.wxnotify.web.ServerSentEvent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pages on a port over real sockets. */
final class PagesTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final AtomicInteger made = new AtomicInteger();
  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger taken = new AtomicInteger();
  private final PageRoutes pages =
      new PageRoutes(
          threads -> {
            made.incrementAndGet();
            return new Console(
                new HostCheck(Set.of()),
                new Access(new FakeOperators(false), System::nanoTime),
                new Some(),
                visit -> new FakeData(visit.viewer()));
          });
  private final HttpPort port =
      new HttpPort(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          "test-port",
          Transport.NIO,
          new HttpPort.Limits(
              1_000,
              8_000,
              Pages.MAX_BODY,
              (long) Pages.MOST * Pages.MAX_BODY,
              64,
              LONG,
              LONG,
              LONG,
              new HttpPort.Streams(2, LONG, 1_000)),
          new Probes());

  /** A probe, before the pages. */
  private final class Probes implements HttpRoutes {
    @Override
    public @Nullable HttpAnswer answerHead(HttpRequest head) {
      return head.uri().equals("/livez")
          ? HttpAnswer.text(HttpResponseStatus.OK, "alive\n").last()
          : pages.answerHead(head);
    }

    @Override
    public CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body) {
      return CompletableFuture.failedFuture(new AssertionError("who asks is known"));
    }

    @Override
    public CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body, InetAddress peer) {
      CompletionStage<HttpAnswer> answer = pages.answer(head, body, peer);
      taken.incrementAndGet();
      return answer;
    }
  }

  private final class Some implements ConsolePages {
    @Override
    public @Nullable PageAnswer open(PageRequest request) {
      return request.path().equals("/body")
          ? PageAnswer.text(200, request.body().length + " bytes")
          : null;
    }

    @Override
    public PageAnswer page(PageRequest request, ConsoleData data) {
      return switch (request.path()) {
        case "/slow" -> {
          waiting.incrementAndGet();
          await();
          yield PageAnswer.text(200, "slow");
        }
        case "/events" ->
            PageAnswer.events(
                sink -> {
                  sink.send(new ServerSentEvent("7", "event", "一"));
                  sink.close();
                  return () -> {};
                });
        case "/fault" -> throw new IllegalStateException("broken on purpose");
        case "/unchanged" -> new PageAnswer.Whole(304, "", new byte[0], java.util.Map.of());
        default -> PageAnswer.text(200, request.target() + " " + request.peer());
      };
    }

    private void await() {
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public PageAnswer.Whole login(
        PageRequest request, String next, @Nullable LoginProblem problem) {
      return PageAnswer.text(200, "log in");
    }

    @Override
    public PageAnswer.Whole refused(PageRequest request, Refusal why) {
      return PageAnswer.text(200, "refused " + why);
    }
  }

  @BeforeEach
  void start() throws IOException {
    port.start();
  }

  @AfterEach
  void stop() {
    released.countDown();
    port.close();
    pages.close();
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  }

  private Answer ask(String request) throws IOException {
    return RawHttp.ask(port.port(), request);
  }

  @Test
  void nothingIsMade_beforeTheFirstPage() throws Exception {
    Set<Thread> before = threads(); // Those of another test may still be ending.
    assertThat(ask(get("/livez")).status()).isEqualTo(200);
    assertThat(made).hasValue(0);
    assertThat(before).containsAll(threads());

    assertThat(ask(get("/a?b=c")).body()).isEqualTo("/a?b=c /127.0.0.1\n");
    assertThat(ask(get("/")).status()).isEqualTo(200);
    assertThat(made).hasValue(1);
    assertThat(before.containsAll(threads())).isFalse();
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("wxnotify-pages"))
        .collect(Collectors.toSet());
  }

  @Test
  void pagesThatHang_areBounded_andDelayNoProbe() throws Exception {
    List<RawHttp> slow = new ArrayList<>();
    try {
      for (int i = 0; i < Pages.MOST; i++) {
        slow.add(new RawHttp(port.port()).send(get("/slow")));
      }
      Await.until("a full house", () -> taken.get() == Pages.MOST);

      assertThat(ask(get("/")).status()).isEqualTo(503);
      assertThat(ask(get("/")).body()).isEqualTo("too many pages are asked for; try again\n");
      assertThat(ask(get("/livez")).status()).isEqualTo(200);
      Await.until("all threads at work", () -> waiting.get() == PageRoutes.THREADS);

      released.countDown();
      for (RawHttp each : slow) {
        assertThat(each.read().body()).isEqualTo("slow\n");
      }
      assertThat(ask(get("/")).status()).isEqualTo(200);
    } finally {
      for (RawHttp each : slow) {
        each.close();
      }
    }
  }

  @Test
  void bodies_areBounded() throws Exception {
    String head = "POST /body HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ";

    assertThat(ask(head + Pages.MAX_BODY + "\r\n\r\n" + "x".repeat(Pages.MAX_BODY)).body())
        .isEqualTo("8192 bytes\n");
    assertThat(ask(head + (Pages.MAX_BODY + 1) + "\r\n\r\n").status()).isEqualTo(413);
  }

  @Test
  void oldHttp_isTakenForAProxys() throws Exception {
    assertThat(ask("GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").body())
        .isEqualTo("refused FORWARDED\n");
  }

  @Test
  void twoHosts_areNone() throws Exception {
    assertThat(ask("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: localhost\r\n\r\n").status())
        .isEqualTo(403);
  }

  @Test
  void otherMethodsAndTargets_areRefusedByTheirHead() throws Exception {
    assertThat(ask("DELETE / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").status()).isEqualTo(405);
    assertThat(ask("GET http://127.0.0.1/ HTTP/1.1\r\nHost: x\r\n\r\n").status()).isEqualTo(400);
    assertThat(made).hasValue(0);
  }

  @Test
  void fault_is500_andSaysNothing() throws Exception {
    assertThat(ask(get("/fault")))
        .returns(500, Answer::status)
        .returns("see the log\n", Answer::body);
  }

  @Test
  void unchanged_hasNoLengthAndNoType() throws Exception {
    assertThat(ask(get("/unchanged")).head())
        .startsWith("http/1.1 304 ")
        .doesNotContain("content-length:", "\ncontent-type:");
  }

  @Test
  void events_areEncoded() throws Exception {
    try (RawHttp http = new RawHttp(port.port()).send(get("/events"))) {
      assertThat(http.readHead().head())
          .contains("content-type: text/event-stream", "content-security-policy: ");
      assertThat(http.rest()).contains("id: 7\nevent: event\ndata: 一\n\n");
    }
  }

  @Test
  void afterTheEnd_everythingIs503() throws Exception {
    pages.close();

    assertThat(ask(get("/")).status()).isEqualTo(503);
    assertThat(ask(get("/livez")).status()).isEqualTo(200);
  }
}
