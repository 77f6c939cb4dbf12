package dev.wxnotify.server.pages;

import dev.wxnotify.server.delivery.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of the process and of what it uses.
 *
 * @param version the server's version
 * @param startedAt when the process started
 * @param now the time of this look
 * @param readiness what {@code /readyz} says, without what concerns other apps only
 * @param redis null for a server that shares nothing
 * @param journal where messages and events are kept
 * @param permits what there is a bounded number of
 * @param pushAddress where WeChat's pushes arrive, as host and port; empty for nowhere
 */
public record ServerState(
    String version,
    Instant startedAt,
    Instant now,
    Readiness.Report readiness,
    @Nullable RedisState redis,
    JournalState journal,
    List<PermitsState> permits,
    String pushAddress) {

  /**
   * What is known of Redis.
   *
   * @param trouble why it is of no use now; empty while it is
   * @param commandsFailed how many commands failed or were late since the start
   * @param unsent how many outcomes wait to be sent to it
   * @param forgotten how many outcomes it never receives, since the start
   */
  public record RedisState(String trouble, long commandsFailed, long unsent, long forgotten) {}

  /**
   * What is known of the journal.
   *
   * @param kind {@code memory}, {@code sqlite} or {@code postgresql}
   * @param trouble why it is of no use now; empty while it is
   * @param waiting how many records of messages wait to be written
   * @param retention how long messages and events are kept
   */
  public record JournalState(String kind, String trouble, long waiting, Duration retention) {}

  /**
   * Permits, and who waits for one.
   *
   * @param name {@code in_flight} or {@code wechat_connections}, as in the metrics
   * @param used how many are in use
   * @param limit how many there are
   * @param waitingSingles how many single messages wait
   * @param waitingBatches how many items of batches wait
   */
  public record PermitsState(
      String name, int used, int limit, int waitingSingles, int waitingBatches) {}
}
