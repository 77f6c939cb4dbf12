package dev.wxnotify.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import gg.jte.Content;
import gg.jte.TemplateOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A server with one page that has every part of {@code web.css}, to look at: run its main method,
 * with a port.
 */
final class SamplePages {
  private final Assets assets = new Assets();
  private final PreferencesForm preferences = new PreferencesForm();
  private final HostCheck hosts = new HostCheck(java.util.Set.of());
  private final OriginCheck origins = new OriginCheck();
  private final Layout layout;

  SamplePages(Clock clock) {
    Site site =
        new Site(
            new Texts(SamplePages.class, "sample"),
            List.of(
                new Site.Link("/", "nav.home"),
                new Site.Link("/messages", "nav.messages"),
                new Site.Link("/users", "nav.users"),
                new Site.Link("/pushes", "nav.pushes"),
                new Site.Link("/faults", "nav.faults")),
            List.of(),
            List.of());
    layout = new Layout(site, assets, clock, ZoneId.of("Asia/Shanghai"));
  }

  public static void main(String[] args) throws IOException {
    SamplePages pages = new SamplePages(Clock.systemUTC());
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    HttpServer server = HttpServer.create(address, 0);
    server.createContext("/", pages::handle);
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
  }

  PageAnswer.Whole answer(PageRequest request) {
    return hosts
        .refusal(request)
        .or(() -> origins.refusal(request))
        .or(() -> assets.answer(request))
        .orElseGet(() -> page(request));
  }

  private PageAnswer.Whole page(PageRequest request) {
    if (request.path().equals(PreferencesForm.PATH)) {
      return preferences.answer(request);
    }
    if (request.path().equals("/fails")) {
      return PageAnswer.text(500, "It is <broken>.");
    }
    if (request.path().equals("/works")) {
      return PageAnswer.html("works".getBytes(StandardCharsets.UTF_8));
    }
    if (!request.path().equals("/")) {
      return layout.problem(layout.page(request, "nav.messages"), 404, "…");
    }
    Page page = layout.page(request, "nav.home").with(new Flash(Tone.OK, "<b>…</b> 已保存"));
    return layout.answer(page, new Sample(page, Instant.now()));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestURI().getPath().equals("/events")) {
        tick(exchange);
        return;
      }
      Map<String, String> headers =
          exchange.getRequestHeaders().entrySet().stream()
              .collect(Collectors.toMap(Map.Entry::getKey, e -> String.join(", ", e.getValue())));
      PageAnswer.Whole answer =
          answer(
              PageRequest.of(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI().toString(),
                  headers,
                  exchange.getRequestBody().readAllBytes(),
                  exchange.getRemoteAddress().getAddress()));
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      Optional.of(answer.contentType())
          .filter(type -> !type.isEmpty())
          .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
      int length = answer.body().length;
      exchange.sendResponseHeaders(answer.status(), length == 0 ? -1 : length);
      exchange.getResponseBody().write(answer.body());
    }
  }

  /** An event each second, for half a minute. */
  private void tick(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    for (int i = 0; i < 30; i++) {
      ServerSentEvent event = new ServerSentEvent("" + i, "tick", "event <b>" + i + "</b>");
      exchange.getResponseBody().write(event.encoded());
      exchange.getResponseBody().flush();
      LockSupport.parkNanos(1_000_000_000);
    }
  }

  /** The file with the parts, whose places are filled with what only Java makes. */
  private record Sample(Page page, Instant now) implements Content {
    @Override
    public void writeTo(TemplateOutput output) {
      String[] parts = read().split("\\{\\{|}}", -1);
      for (int i = 0; i < parts.length; i++) {
        if (i % 2 == 0) {
          output.writeContent(parts[i]);
        } else {
          made(parts[i]).writeTo(output);
        }
      }
    }

    private Content made(String name) {
      return switch (name) {
        case "ago" -> page.ago(now.minusSeconds(130));
        case "time" -> page.time(now.minusSeconds(7200));
        case "code" ->
            page.code(
                "grpcurl -plaintext -d '{\"touser\": \"oABCD\"}' \\\n  127.0.0.1:9090 wxnotify.v1.NotificationService/SendSubscribeMessage");
        case "id" -> page.id("01JDXQ7V3M8Z6Q4T2N9R5K1C7B");
        case "empty" -> page.empty("还没有消息", "发送一条订阅消息，它会显示在这里。");
        case "pager" -> page.pager("/?a=1", "/?a=2");
        default -> page.badge(Tone.valueOf(name), name);
      };
    }

    private static String read() {
      try (InputStream in = SamplePages.class.getResourceAsStream("sample.html")) {
        return new String(
            java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
