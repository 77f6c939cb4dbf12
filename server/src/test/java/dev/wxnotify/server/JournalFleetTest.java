package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.sandbox.PushRules;
import dev.wxnotify.sandbox.PushTarget;
import dev.wxnotify.sandbox.Sandbox;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RedisServerExtension;
import dev.wxnotify.server.testing.TestPostgres;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.ListMessagesRequest;
import dev.wxnotify.v1.ListMessagesResponse;
import dev.wxnotify.v1.Message;
import dev.wxnotify.v1.MessageServiceGrpc;
import dev.wxnotify.v1.MessageServiceGrpc.MessageServiceBlockingStub;
import dev.wxnotify.v1.Outcome;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three replicas with one journal, while parts of it are killed and stopped under load. */
@Timeout(300)
class JournalFleetTest {
  /**
   * How long messages are sent. For a minute, with the database stopped for ten seconds: {@code mvn
   * test -pl server -am -Dtest=JournalFleetTest -Dsurefire.failIfNoSpecifiedTests=false
   * -Dwxnotify.test.journal-load=PT60S -Dwxnotify.test.journal-outage=PT10S}.
   */
  private static final Duration LOAD =
      Duration.parse(System.getProperty("wxnotify.test.journal-load", "PT6S"));

  private static final Duration OUTAGE =
      Duration.parse(System.getProperty("wxnotify.test.journal-outage", "PT2S"));

  private static final String PUSH_TOKEN = "fleetPushToken";
  private static final String AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
  private static final int PAGE = 1_000;

  /** A receipt waits half a minute for its message, which the kill may have lost. */
  private static final Duration LONGEST_WATCH = Duration.ofSeconds(30).plus(Await.LONGEST);

  /** What a kill may lose: the records of a second. */
  private static final int LOST_BY_A_KILL = 500;

  @RegisterExtension final RedisServerExtension redis = RedisServerExtension.with();

  private final AtomicReferenceArray<ReplicaProcess> replicas = new AtomicReferenceArray<>(3);
  private final AtomicIntegerArray pushPorts = new AtomicIntegerArray(3);

  @Test
  void replicaKilledAndDatabaseStopped_eachMessageHasItsOutcome_andEachEventIsWatchedOnce()
      throws Exception {
    try (TestPostgres postgres = new TestPostgres(Map.of());
        SpreadingProxy balancer =
            SpreadingProxy.over(List.of(() -> port(0), () -> port(1), () -> port(2)));
        Sandbox weChat = Sandbox.start(pushingTo(balancer))) {
      Map<String, String> environment = Fleet.environment(weChat, redis);
      environment.put("WXNOTIFY_JOURNAL_URL", postgres.newSchema());
      environment.put("WXNOTIFY_JOURNAL_USER", "postgres");
      environment.put("WXNOTIFY_PUSH_HOST", "127.0.0.1");
      environment.put("WXNOTIFY_PUSH_PORT", "0");
      environment.put("WXNOTIFY_APPS_SHOP_PUSH_TOKEN", PUSH_TOKEN);
      environment.put("WXNOTIFY_APPS_SHOP_PUSH_ENCODING_AES_KEY", AES_KEY);
      for (int i = 0; i < 3; i++) {
        launch(i, environment);
      }
      try (RovingWatcher watcher = RovingWatcher.over(i -> running(i % 3).channel());
          PersistentLoad load = PersistentLoad.over(i -> running(i % 3).future())) {
        load.awaitSent(share(1));
        running(1).kill();
        load.awaitSent(share(2));
        launch(1, environment);
        load.awaitSent(share(3));
        int outage = load.sent();
        postgres.stop();
        load.pass(OUTAGE);
        int outageEnd = load.sent();
        postgres.start();
        load.awaitSent(share(6));
        load.stop();
        System.out.printf(
            "database there: %s%ndatabase stopped: %s%ndatabase back: %s%n",
            load.latencies(share(5) / 2, outage),
            load.latencies(outage, outageEnd),
            load.latencies(outageEnd, load.sent()));

        assertThat(load.outcomes().values())
            .as("what callers heard")
            .doesNotContain(Outcome.OUTCOME_REJECTED, Outcome.OUTCOME_NOT_SENT);
        assertThat(load.outcomes()).as("an outcome for each").hasSize(load.sent());
        awaitEndOfPushes(weChat);
        Set<String> answered = accepted(weChat);
        Await.within(
            LONGEST_WATCH,
            () -> "watched " + watcher.events().size() + " of " + answered.size(),
            () -> messageIds(watcher.events()).containsAll(answered));
        List<Event> events = watcher.events();
        assertThat(events.stream().map(Event::getCursor).toList()).doesNotHaveDuplicates();
        assertThat(events.stream().map(e -> e.getDelivery().getMessageId()).toList())
            .as("each receipt once")
            .doesNotHaveDuplicates();
        assertThat(watcher.moves()).isGreaterThan(3);
        assertRecords(weChat);
      }
    } finally {
      for (int i = 0; i < 3; i++) {
        ReplicaProcess replica = replicas.get(i);
        if (replica != null) {
          replica.close();
        }
      }
    }
  }

  private void launch(int i, Map<String, String> environment) throws Exception {
    ReplicaProcess replica = ReplicaProcess.launch(environment);
    replica.awaitReady();
    pushPorts.set(i, replica.pushPort());
    replicas.set(i, replica);
  }

  private ReplicaProcess running(int i) {
    return replicas.get(i);
  }

  private int port(int i) {
    return pushPorts.get(i);
  }

  private static int share(int parts) {
    return (int) (parts * LOAD.toMillis() * PersistentLoad.PER_SECOND / 6_000);
  }

  private static SandboxOptions pushingTo(SpreadingProxy balancer) {
    URI url = URI.create("http://127.0.0.1:" + balancer.port() + "/wechat/shop");
    return SandboxOptions.builder()
        .push(PushRules.to(SandboxOptions.APP_ID, PushTarget.safe(url, PUSH_TOKEN, AES_KEY)))
        .build();
  }

  /** WeChat asks again until each receipt is stored. */
  private static void awaitEndOfPushes(Sandbox weChat) throws Exception {
    int receipts = weChat.messages().size();
    Await.until(
        () -> weChat.state().pushes() + " of " + receipts,
        () -> weChat.state().pushes().delivered() == receipts);
    assertThat(weChat.state().pushes().created()).isEqualTo(receipts);
  }

  private static Set<String> accepted(Sandbox weChat) {
    return weChat.messages().stream()
        .map(message -> Long.toString(message.msgid()))
        .collect(Collectors.toSet());
  }

  private static Set<String> messageIds(List<Event> events) {
    return events.stream().map(e -> e.getDelivery().getMessageId()).collect(Collectors.toSet());
  }

  private void assertRecords(Sandbox weChat) throws Exception {
    List<Message> records = records(MessageServiceGrpc.newBlockingStub(running(0).channel()));
    Set<String> recorded = records.stream().map(Message::getMessageId).collect(Collectors.toSet());
    Set<String> missing = new HashSet<>(accepted(weChat));
    missing.removeAll(recorded);
    System.out.printf(
        "%d messages, %d records, %d lost by the kill%n",
        accepted(weChat).size(), records.size(), missing.size());
    assertThat(missing).as("records of the killed replica").hasSizeLessThan(LOST_BY_A_KILL);
    assertThat(records.stream().filter(m -> m.getOutcome() == Outcome.OUTCOME_ACCEPTED))
        .allMatch(Message::hasDeliveryAt);
  }

  private static List<Message> records(MessageServiceBlockingStub stub) {
    List<Message> all = new ArrayList<>();
    String token = "";
    do {
      ListMessagesResponse page =
          stub.listMessages(
              ListMessagesRequest.newBuilder().setPageSize(PAGE).setPageToken(token).build());
      all.addAll(page.getMessagesList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return all;
  }
}
