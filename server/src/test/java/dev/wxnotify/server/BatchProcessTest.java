package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wxnotify.sandbox.AcceptedMessage;
import dev.wxnotify.sandbox.Effect;
import dev.wxnotify.sandbox.Fault;
import dev.wxnotify.sandbox.Sandbox;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxTemplates;
import dev.wxnotify.server.testing.RedisServerExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The batch command in a process of its own, against a server in another one. */
@Timeout(180)
class BatchProcessTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** So long that several messages are on their way to WeChat at any time. */
  private static final Duration LATENCY = Duration.ofMillis(20);

  /** Far below the server's request timeout, so that no message fails. */
  private static final Duration HELD_LATENCY = Duration.ofMillis(500);

  private static final int CONNECTIONS = 16;
  private static final int ROWS = 1_500;
  private static final Duration LONGEST = Duration.ofSeconds(60);

  @RegisterExtension final RedisServerExtension redis = RedisServerExtension.with();

  private final Path rows;
  private final Path results;
  private Sandbox sandbox;

  BatchProcessTest(@TempDir Path directory) throws IOException {
    this.rows = directory.resolve("rows.csv");
    this.results = directory.resolve("results.ndjson");
    this.sandbox = Sandbox.start(SandboxOptions.builder().latency(LATENCY).build());
  }

  @AfterEach
  void close() {
    sandbox.close();
  }

  @Test
  void batch_of20000Rows_sendsEachUserOneMessage() throws Exception {
    sandbox.close();
    sandbox = Sandbox.start(SandboxOptions.defaults());
    writeRows(20_000);
    try (WxnotifyProcess server = server("0");
        WxnotifyProcess batch = batch(address(server))) {
      assertThat(batch.exitCode()).as(batch.err()).isZero();
      assertThat(batch.out()).containsPattern("ACCEPTED +20,000");
      assertThat(batch.err()).contains("20,000 rows of 20,000 (100 %)");
    }
    assertThat(messagesByUser()).hasSize(20_000).allSatisfy((user, n) -> assertThat(n).isOne());
    assertThat(lastOutcomes()).hasSize(20_000).containsValue("OUTCOME_ACCEPTED");
    assertThat(sandbox.state().duplicates()).isZero();
  }

  @Test
  void client_killedHalfWay_resumes_andEachUserHasOneMessage() throws Exception {
    writeRows(ROWS);
    holdSecondHalf();
    try (WxnotifyProcess server = server("0")) {
      String address = address(server);
      try (WxnotifyProcess batch = batch(address)) {
        awaitResults(batch, ROWS / 2);
        batch.kill();
        assertThat(batch.exitCode()).isNotZero();
      }
      assertThat(messagesByUser()).hasSizeBetween(ROWS / 2, ROWS - 1);
      release();
      // As if it had been killed in the middle of a write.
      Files.writeString(
          results, Files.readString(results) + "{\"row\":1499,\"line\":1500,\"request");

      try (WxnotifyProcess batch = batch(address, "--resume")) {
        assertThat(batch.exitCode()).as(batch.err()).isZero();
        assertThat(batch.out()).containsPattern("DONE BEFORE +not sent again +");
      }
    }
    assertEachUserHasOneMessage();
  }

  /** A server that stops in peace leaves no doubt: the batch goes on with the next one. */
  @Test
  void server_stoppedHalfWayAndStartedAnew_batchGoesOn_andEachUserHasOneMessage() throws Exception {
    writeRows(ROWS);
    holdSecondHalf();
    try (WxnotifyProcess server = server("0")) {
      String address = address(server);
      try (WxnotifyProcess batch = batch(address)) {
        awaitResults(batch, ROWS / 2);
        server.terminate();
        assertThat(server.exitCode()).isZero();
        release();
        try (WxnotifyProcess next = server(port(address))) {
          next.awaitErr("ready: gRPC on ");
          assertThat(batch.exitCode()).as(batch.err() + batch.out()).isZero();
        }
      }
    }
    assertEachUserHasOneMessage();
  }

  /** The batch reconnects by itself; the new server knows the request ids by Redis. */
  @Test
  void server_killedHalfWayAndStartedAnew_batchGoesOn_andNobodyHasTwoMessages() throws Exception {
    writeRows(ROWS);
    holdSecondHalf();
    String address;
    try (WxnotifyProcess server = server("0")) {
      address = address(server);
      try (WxnotifyProcess batch = batch(address)) {
        awaitResults(batch, ROWS / 2);
        server.kill();
        assertThat(server.exitCode()).isNotZero();
        release();
        batch.awaitErr("retrying in");
        try (WxnotifyProcess next = server(port(address))) {
          next.awaitErr("ready: gRPC on ");
          batch.exitCode();
          assertThat(lastOutcomes()).hasSize(ROWS);
          assertNobodyHasTwoMessages(batch.out());
        }
      }
    }
  }

  /** The batch gives up, and is started again with the server. */
  @Test
  void server_killedHalfWay_batchEnds_andResumes_andNobodyHasTwoMessages() throws Exception {
    writeRows(ROWS);
    holdSecondHalf();
    try (WxnotifyProcess server = server("0")) {
      String address = address(server);
      try (WxnotifyProcess batch = batch(address, "--give-up-after=10")) {
        awaitResults(batch, ROWS / 2);
        server.kill();
        assertThat(batch.exitCode()).isEqualTo(3);
        assertThat(batch.out()).contains("ended early: ", "the same command with --resume");
      }
      release();
      assertThat(lastOutcomes()).hasSizeLessThan(ROWS);
      try (WxnotifyProcess next = server(port(address))) {
        next.awaitErr("ready: gRPC on ");
        try (WxnotifyProcess batch = batch(address, "--resume")) {
          batch.exitCode();
          assertThat(lastOutcomes()).hasSize(ROWS);
          assertNobodyHasTwoMessages(batch.out());
        }
      }
    }
  }

  @Test
  void interrupt_awaitsWhatWasWritten_andResumeSendsTheRest() throws Exception {
    writeRows(ROWS);
    holdSecondHalf();
    try (WxnotifyProcess server = server("0")) {
      String address = address(server);
      try (WxnotifyProcess batch = batch(address)) {
        awaitResults(batch, ROWS / 3);
        batch.interrupt();
        assertThat(batch.exitCode()).as(batch.err()).isEqualTo(3);
        assertThat(batch.err()).contains("stopping: waiting for outstanding answers");
        assertThat(batch.out())
            .contains("ended early: stopped by a signal", "the same command with --resume");
      }
      release(); // Not before: nothing shows when the batch has taken the signal.
      assertThat(Files.readString(results)).endsWith("}\n");
      Map<Long, String> outcomes = lastOutcomes();
      assertThat(outcomes).hasSizeBetween(ROWS / 3, ROWS - 1);
      assertThat(Set.copyOf(outcomes.values())).isSubsetOf("OUTCOME_ACCEPTED", "OUTCOME_NOT_SENT");
      assertThat(messagesByUser()).hasSize(accepted(outcomes)); // Nothing is left unknown.

      try (WxnotifyProcess batch = batch(address, "--resume")) {
        assertThat(batch.exitCode()).as(batch.err()).isZero();
      }
    }
    assertEachUserHasOneMessage();
  }

  @Test
  void interrupt_whileStandardInputIsSilent_stops() throws Exception {
    try (WxnotifyProcess server = server("0");
        WxnotifyProcess batch =
            WxnotifyProcess.start(
                Map.of(),
                "batch",
                "-",
                "--results=" + results,
                "--campaign=c",
                "--server=" + address(server))) {
      batch.type(
          "{\"seckill_message\":{\"open_id\":\"user-1\",\"goods_name\":\"g\",\"time\":\"20:00\","
              + "\"corp_id\":\"1\",\"customer_id\":\"2\"}}\n");
      awaitResults(batch, 1);
      assertThat(batch.isAlive()).isTrue();

      batch.interrupt();

      assertThat(batch.exitCode()).isEqualTo(3);
      assertThat(batch.out()).containsPattern("ACCEPTED +1\n");
    }
  }

  private void assertEachUserHasOneMessage() throws IOException {
    assertThat(messagesByUser()).hasSize(ROWS).allSatisfy((user, n) -> assertThat(n).isOne());
    assertThat(lastOutcomes()).hasSize(ROWS);
    assertThat(accepted(lastOutcomes())).isEqualTo(ROWS);
  }

  /**
   * What a killed server had claimed and not yet answered is unknown to everybody for ever, and
   * rows say so. There cannot be more of these than it had connections to WeChat.
   */
  private void assertNobodyHasTwoMessages(String table) throws IOException {
    Map<String, Integer> messages = messagesByUser();
    Map<Long, String> outcomes = lastOutcomes();
    assertThat(messages.values()).as(table).allMatch(n -> n == 1);
    assertThat(outcomes.values()).containsOnly("OUTCOME_ACCEPTED", "OUTCOME_UNKNOWN");
    outcomes.forEach(
        (row, outcome) -> {
          if (outcome.equals("OUTCOME_ACCEPTED")) {
            assertThat(messages).containsKey("user-" + row);
          }
        });
    assertThat(ROWS - accepted(outcomes)).as(table).isLessThanOrEqualTo(CONNECTIONS);
  }

  /**
   * Has WeChat answer each send of the second half late until {@link #release}. So a batch that has
   * half of its results has work for about half a minute, however late a test sees these results.
   */
  private void holdSecondHalf() {
    for (int send = ROWS / 2 + 1; send <= ROWS; send++) {
      sandbox.addFault(
          Fault.on(SandboxEndpoint.SEND, Effect.latency(HELD_LATENCY)).everyNth(send).times(1));
    }
  }

  private void release() {
    sandbox.clearFaults();
  }

  private WxnotifyProcess server(String port) throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put("WXNOTIFY_GRPC_PORT", port);
    environment.put("WXNOTIFY_MONITORING_PORT", "0");
    environment.put("WXNOTIFY_REDIS_URL", redis.url());
    // A process that has just started on a busy machine is slower than the default allows.
    environment.put("WXNOTIFY_REDIS_COMMAND_TIMEOUT", "5s");
    environment.put("WXNOTIFY_WECHAT_BASE_URL", sandbox.baseUrl().toString());
    environment.put("WXNOTIFY_WECHAT_MAX_CONNECTIONS", Integer.toString(CONNECTIONS));
    environment.put("WXNOTIFY_GRPC_MAX_IN_FLIGHT", Integer.toString(CONNECTIONS));
    environment.put("WXNOTIFY_APPS_SHOP_APP_ID", SandboxOptions.APP_ID);
    environment.put("WXNOTIFY_APPS_SHOP_APP_SECRET", SandboxOptions.APP_SECRET);
    environment.put("WXNOTIFY_APPS_SHOP_SECKILL_TEMPLATE_ID", SandboxTemplates.SECKILL_TEMPLATE_ID);
    return WxnotifyProcess.start(environment, "serve");
  }

  private WxnotifyProcess batch(String address, String... options) throws IOException {
    return WxnotifyProcess.start(
        Map.of(),
        Stream.concat(
                Stream.of(
                    "batch",
                    rows.toString(),
                    "--results=" + results,
                    "--campaign=c",
                    "--window=200",
                    "--server=" + address),
                Stream.of(options))
            .toArray(String[]::new));
  }

  private static String address(WxnotifyProcess server) throws InterruptedException {
    return server.awaitErr("ready: gRPC on ").replaceAll(".*ready: gRPC on (\\S+),.*", "$1");
  }

  private static String port(String address) {
    return address.substring(address.lastIndexOf(':') + 1);
  }

  private void writeRows(int count) throws IOException {
    StringBuilder text = new StringBuilder("open_id,goods_name,time,corp_id,customer_id\n");
    for (int i = 1; i <= count; i++) {
      text.append("user-").append(i).append(",Coffee,20:00,1,").append(i).append('\n');
    }
    Files.writeString(rows, text);
  }

  private long resultLines() throws IOException {
    if (!Files.exists(results)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(results)) {
      return lines.count();
    }
  }

  /** Waits longer than other tests: all of it runs in four processes. */
  private void awaitResults(WxnotifyProcess batch, int count) throws Exception {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (resultLines() < count) {
      if (!batch.isAlive()) {
        batch.exitCode(); // Its output is complete then.
        assertThat(resultLines()).as(batch.out() + batch.err()).isGreaterThanOrEqualTo(count);
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(resultLines() + " results (expected: " + count + ")");
      }
      Thread.sleep(50);
    }
  }

  private Map<Long, String> lastOutcomes() throws IOException {
    Map<Long, String> outcomes = new TreeMap<>();
    for (String line : Files.readAllLines(results)) {
      JsonNode result = JSON.readTree(line);
      outcomes.put(result.get("row").asLong(), result.get("outcome").asText());
    }
    return outcomes;
  }

  private static int accepted(Map<Long, String> outcomes) {
    return (int) outcomes.values().stream().filter("OUTCOME_ACCEPTED"::equals).count();
  }

  private Map<String, Integer> messagesByUser() {
    return sandbox.messages().stream()
        .collect(Collectors.toMap(AcceptedMessage::openId, message -> 1, Integer::sum));
  }
}
