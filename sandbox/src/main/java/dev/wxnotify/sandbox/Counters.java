package dev.wxnotify.sandbox;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests, token calls, sends and connections. */
final class Counters {

  private record Fetch(String appId, TokenKind kind, boolean forced) {}

  private final Map<SandboxEndpoint, LongAdder> requests = new ConcurrentHashMap<>();
  private final Map<Fetch, LongAdder> fetches = new ConcurrentHashMap<>();
  private final Map<Integer, LongAdder> sends = new ConcurrentHashMap<>();
  private final AtomicInteger connectionsOpen = new AtomicInteger();
  private final LongAdder connections = new LongAdder();

  void requested(SandboxEndpoint endpoint) {
    add(requests, endpoint);
  }

  void tokenFetched(String appId, TokenKind kind, boolean forced) {
    add(fetches, new Fetch(appId, kind, forced));
  }

  void sendAnswered(int errcode) {
    add(sends, errcode);
  }

  void connectionOpened() {
    connections.increment();
    connectionsOpen.incrementAndGet();
  }

  void connectionClosed() {
    connectionsOpen.decrementAndGet();
  }

  SandboxState state(OpenIdTurns turns, Mailbox mailbox, SandboxState.Pushes pushes) {
    Map<String, Long> requested = new TreeMap<>();
    requests.forEach((endpoint, count) -> requested.put(endpoint.label(), count.sum()));
    Map<Integer, Long> byErrcode = new TreeMap<>();
    sends.forEach((errcode, count) -> byErrcode.put(errcode, count.sum()));
    Map<String, SandboxState.TokenFetches> byApp = new TreeMap<>();
    fetches.forEach(
        (fetch, count) ->
            byApp.merge(
                fetch.appId(), fetches(fetch, count.sum()), SandboxState.TokenFetches::plus));
    return new SandboxState(
        requested,
        byApp,
        byErrcode.values().stream().mapToLong(Long::longValue).sum(),
        byErrcode.getOrDefault(0, 0L),
        byErrcode,
        mailbox.duplicates(),
        connectionsOpen.get(),
        connections.sum(),
        turns.most(),
        turns.overlapping(),
        pushes);
  }

  /** Resets all counts except the connections that are open. */
  void clear() {
    requests.clear();
    fetches.clear();
    sends.clear();
    connections.reset();
  }

  private static SandboxState.TokenFetches fetches(Fetch fetch, long count) {
    return fetch.kind() == TokenKind.CLASSIC
        ? new SandboxState.TokenFetches(count, 0, 0)
        : new SandboxState.TokenFetches(0, count, fetch.forced() ? count : 0);
  }

  private static <K> void add(Map<K, LongAdder> counts, K key) {
    counts.computeIfAbsent(key, k -> new LongAdder()).increment();
  }
}
