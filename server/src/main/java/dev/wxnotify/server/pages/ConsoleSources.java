package dev.wxnotify.server.pages;

import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.delivery.ErrcodeExplanations;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.delivery.RecentFailures;
import dev.wxnotify.server.journal.EventFeed;
import dev.wxnotify.server.journal.EventLookup;
import dev.wxnotify.server.journal.MessageLookup;
import dev.wxnotify.server.journal.Subscriptions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the console looks at. Each part is looked at when a page asks, and none of them waits.
 *
 * @param version the server's version
 * @param startedAt when the process started
 * @param clock the time of day
 * @param callsPerHour how many token calls the budget of an app allows in an hour
 * @param permits by their name in the metrics
 * @param parts what the core does not know
 */
public record ConsoleSources(
    String version,
    Instant startedAt,
    InstantSource clock,
    Apps apps,
    Readiness readiness,
    RecentFailures failures,
    ErrcodeExplanations errcodes,
    MessageLookup messages,
    EventFeed feed,
    EventLookup events,
    Subscriptions subscriptions,
    History history,
    int callsPerHour,
    Map<String, Permits> permits,
    Parts parts) {

  /**
   * What edges and the configuration know.
   *
   * @param redis empty for a server that shares nothing
   * @param pushAddress where pushes arrive, as host and port; empty for nowhere
   * @param pushes by AppID; empty for an app whose pushes are not accepted
   * @param configuration what is used of the configuration
   * @param appNames the operator's names of apps, by AppID
   */
  public record Parts(
      Supplier<Optional<ServerState.RedisState>> redis,
      Supplier<ServerState.JournalState> journal,
      Supplier<String> pushAddress,
      Function<String, Optional<AppState.PushState>> pushes,
      Supplier<ConfigurationState> configuration,
      Supplier<Map<String, String>> appNames) {}
}
