package dev.wxnotify.server.metrics;

import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenIssuer.Mode;
import dev.wxnotify.server.token.TokenListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts token calls and rejections. They are rare, so a meter is looked up in the registry; all of
 * an app are made with it, so that each series begins with a 0.
 */
final class TokenMeters implements TokenListener {
  private static final List<String> RESULTS =
      List.of("issued", "refused_credentials", "refused_busy", "unavailable");

  private final MeterRegistry registry;
  private final Map<String, Counter> rejections = new ConcurrentHashMap<>();

  TokenMeters(MeterRegistry registry, Collection<String> appIds) {
    this.registry = registry;
    appIds.forEach(this::add);
  }

  /** Makes the meters of an app, if there are none. */
  void add(String appId) {
    for (Mode mode : Mode.values()) {
      RESULTS.forEach(result -> fetches(appId, mode, result));
    }
    reads(appId, true);
    reads(appId, false);
    for (Request request : Request.values()) {
      requests(appId, request, true);
      requests(appId, request, false);
    }
    rejections.computeIfAbsent(
        appId,
        id ->
            Counter.builder("wxnotify.token.rejections")
                .description("Tokens that WeChat rejected before they expired.")
                .tag("app", id)
                .register(registry));
  }

  /** Counts nothing of an app any more. */
  void forget(String appId) {
    rejections.remove(appId);
  }

  private Counter fetches(String appId, Mode mode, String result) {
    return Counter.builder("wxnotify.token.fetches")
        .description("Token calls of this replica to WeChat.")
        .tags("app", appId, "mode", DeliveryMeters.label(mode), "result", result)
        .register(registry);
  }

  @Override
  public void fetched(String appId, Mode mode, IssueResult result) {
    rejections.computeIfPresent( // At once, so that no series appears for an app that is gone.
        appId,
        (id, counter) -> {
          fetches(id, mode, label(result)).increment();
          return counter;
        });
  }

  private static String label(IssueResult result) {
    if (result instanceof IssueResult.Refused refused) {
      return switch (refused.kind()) {
        case CREDENTIALS -> "refused_credentials";
        case BUSY -> "refused_busy";
      };
    }
    return result instanceof IssueResult.Issued ? "issued" : "unavailable";
  }

  private Counter reads(String appId, boolean found) {
    return Counter.builder("wxnotify.token.reads")
        .description("Reads of a token where another system keeps it.")
        .tags("app", appId, "result", found ? "found" : "failed")
        .register(registry);
  }

  @Override
  public void read(String appId, boolean found) {
    if (rejections.containsKey(appId)) {
      reads(appId, found).increment();
    }
  }

  private Counter requests(String appId, Request request, boolean granted) {
    return Counter.builder("wxnotify.token.requests")
        .description("Calls of TokenService: for the token, or to report one that WeChat refused.")
        .tags(
            "app",
            appId,
            "request",
            DeliveryMeters.label(request),
            "result",
            granted ? "granted" : "failed")
        .register(registry);
  }

  @Override
  public void requested(String appId, Request request, boolean granted) {
    if (rejections.containsKey(appId)) {
      requests(appId, request, granted).increment();
    }
  }

  @Override
  public void rejected(String appId) {
    Counter counter = rejections.get(appId);
    if (counter != null) {
      counter.increment();
    }
  }
}
