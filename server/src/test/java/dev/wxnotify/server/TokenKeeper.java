package dev.wxnotify.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A company's own system that keeps a token, and behind the same port a WeChat that takes the
 * tokens that a test names: as {@code access_token}, as the cloud hosting's, or without any. It has
 * token endpoints only to count calls of them.
 */
final class TokenKeeper implements AutoCloseable {
  private static final String SEND = "/cgi-bin/message/subscribe/send";
  private static final String TEMPLATES = "/wxaapi/newtmpl/gettemplate";
  private static final Set<String> TOKEN_ENDPOINTS =
      Set.of("/cgi-bin/token", "/cgi-bin/stable_token");

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "token-keeper");
            thread.setDaemon(true);
            return thread;
          });

  /** The queries of the sends, in the order of arrival. */
  final List<String> sends = new CopyOnWriteArrayList<>();

  /** The authorization headers of those that asked for the token. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  final AtomicInteger tokenCalls = new AtomicInteger();
  final AtomicInteger refusals = new AtomicInteger();

  /** Which queries a send may have. */
  final Set<String> valid = ConcurrentHashMap.newKeySet();

  /** What a send is answered whose query is not valid. */
  volatile int refusal = 40001;

  /** So many sends are refused whatever their query is. */
  final AtomicInteger refuseNext = new AtomicInteger();

  volatile int status = 200;
  volatile String answer = "";
  volatile @Nullable CountDownLatch held;
  volatile String bearer = "";

  private TokenKeeper() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  static TokenKeeper start() throws IOException {
    return new TokenKeeper();
  }

  /** Where WeChat is. */
  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Where the token is, with a query that nobody may see. */
  URI tokenUrl() {
    return url().resolve("/company/token?app=shop&key=query-hush-1");
  }

  /** Keeps {@code token} from now on, which WeChat takes instead of all others. */
  void keep(String token, Duration life) {
    answer = "{\"access_token\":\"" + token + "\",\"expires_in\":" + life.toSeconds() + "}";
    take("access_token=" + token);
  }

  /** WeChat takes this query, and no other. */
  void take(@Nullable String query) {
    valid.clear();
    valid.add(String.valueOf(query));
  }

  /** Lets all those wait that ask for the token. */
  CountDownLatch hold() {
    CountDownLatch latch = new CountDownLatch(1);
    held = latch;
    return latch;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      if (path.equals(SEND)) {
        write(exchange, 200, send(String.valueOf(exchange.getRequestURI().getRawQuery())));
      } else if (path.equals(TEMPLATES)) {
        write(exchange, 200, "{\"errcode\":0,\"errmsg\":\"ok\",\"data\":[]}");
      } else if (TOKEN_ENDPOINTS.contains(path)) {
        tokenCalls.incrementAndGet();
        write(exchange, 200, "{\"access_token\":\"of-wechat\",\"expires_in\":7200}");
      } else {
        token(exchange);
      }
    }
  }

  private String send(String query) {
    sends.add(query);
    boolean refused = refuseNext.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    if (!refused && valid.contains(query)) {
      return "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":" + sends.size() + "}";
    }
    refusals.incrementAndGet();
    return "{\"errcode\":" + refusal + ",\"errmsg\":\"invalid credential\"}";
  }

  private void token(HttpExchange exchange) throws IOException {
    String shown = String.valueOf(exchange.getRequestHeaders().getFirst("authorization"));
    asked.add(shown);
    CountDownLatch latch = held;
    try {
      if (latch != null && !latch.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("held for ever");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!bearer.isEmpty() && !shown.equals("Bearer " + bearer)) {
      write(exchange, 401, "{\"errcode\":1,\"errmsg\":\"" + shown + "\"}");
    } else {
      write(exchange, status, answer);
    }
  }

  private static void write(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** The keys of a server whose one app takes its token from here. */
  Map<String, String> keys(Map<String, String> more) {
    Map<String, String> all =
        Map.of(
            "wxnotify.apps.shop.base-url",
            url().toString(),
            "wxnotify.apps.shop.token.source",
            "url",
            "wxnotify.apps.shop.token.url",
            tokenUrl().toString());
    return Stream.of(all, more)
        .flatMap(each -> each.entrySet().stream())
        .filter(entry -> !entry.getValue().isEmpty())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> b));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
