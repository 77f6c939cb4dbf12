package dev.wxnotify.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Duration;
import com.google.protobuf.util.JsonFormat;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.FieldViolation;
import dev.wxnotify.v1.Language;
import dev.wxnotify.v1.MiniProgramState;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SubscribeMessage;
import io.grpc.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BatchCommandTest {
  private static final String SECKILL_HEADER = "open_id,goods_name,time,corp_id,customer_id\n";

  private final FakeNotificationService service = new FakeNotificationService();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Path directory;
  private final Path results;

  BatchCommandTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.results = directory.resolve("results.ndjson");
  }

  @AfterEach
  void close() {
    service.close();
  }

  // What is sent.

  @Test
  void csv_seckill_everyColumnIsInTheItem() throws Exception {
    Path file =
        write(
            "a.csv",
            """
            open_id,goods_name,time,corp_id,customer_id,app_id,template_id,state,language,request_id
            o-1,"咖啡, ""hot""\",2026-11-24 20:00,1,2,wx-1,t-1,trial,zh_HK,r-1
            """);

    assertThat(batch(file)).isZero();
    assertThat(service.batchRequests())
        .containsExactly(
            BatchSendRequest.newBuilder()
                .setSeckillMessage(
                    SeckillMessage.newBuilder()
                        .setAppId("wx-1")
                        .setOpenId("o-1")
                        .setTemplateId("t-1")
                        .setGoodsName("咖啡, \"hot\"")
                        .setTime("2026-11-24 20:00")
                        .setCorpId("1")
                        .setCustomerId("2")
                        .setMiniProgramState(MiniProgramState.MINI_PROGRAM_STATE_TRIAL)
                        .setLanguage(Language.LANGUAGE_ZH_HK))
                .setRequestId("r-1")
                .build());
  }

  @Test
  void csv_subscribe_everyColumnIsInTheItem_andAnEmptyFieldSaysNothing() throws Exception {
    Path file =
        write(
            "a.csv",
            """
            template_id,open_id,page,data.thing1,data.time2,state,request_id
            t-1,o-1,pages/a?x=1,Coffee 😀,,,r-1
            """);

    assertThat(batch(file)).isZero();
    assertThat(service.batchRequests())
        .containsExactly(
            BatchSendRequest.newBuilder()
                .setSubscribeMessage(
                    SubscribeMessage.newBuilder()
                        .setOpenId("o-1")
                        .setTemplateId("t-1")
                        .setPage("pages/a?x=1")
                        .putData("thing1", "Coffee 😀"))
                .setRequestId("r-1")
                .build());
  }

  @Test
  void csv_withByteOrderMarkAndWindowsLines_isRead() throws Exception {
    Path file = write("a.csv", "\uFEFF" + SECKILL_HEADER.replace("\n", "\r\n") + "o-1,g,t,1,2\r\n");

    assertThat(batch(file, "--campaign=c")).isZero();
    assertThat(service.batchRequests().get(0).getSeckillMessage().getCustomerId()).isEqualTo("2");
  }

  @Test
  void ndjson_isTheJsonFormOfTheContract() throws Exception {
    BatchSendRequest item =
        BatchSendRequest.newBuilder()
            .setSubscribeMessage(
                SubscribeMessage.newBuilder()
                    .setOpenId("o-1")
                    .setTemplateId("t-1")
                    .putData("thing1", "咖啡 😀"))
            .setRequestId("r-1")
            .build();
    String line = JsonFormat.printer().omittingInsignificantWhitespace().print(item);

    assertThat(batch(write("a.ndjson", "\n" + line + "\n\n"))).isZero();
    assertThat(service.batchRequests()).containsExactly(item);
    assertThat(result(1).get("line").asInt()).isEqualTo(2);
  }

  @Test
  void format_givenByOption_winsOverTheName() throws Exception {
    Path file = write("a.txt", SECKILL_HEADER + "o-1,g,t,1,2\n");

    assertThat(batch(file, "--campaign=c", "--format=csv")).isZero();
    assertThat(service.batchRequests()).hasSize(1);
  }

  @Test
  void requestId_missing_isMadeOfTheCampaignAndTheRow() throws Exception {
    Path file = write("a.ndjson", ndjson("o-1", "") + ndjson("o-2", "own") + ndjson("o-3", ""));

    assertThat(batch(file, "--campaign=sale")).isZero();
    assertThat(service.batchRequests())
        .extracting(BatchSendRequest::getRequestId)
        .containsExactlyInAnyOrder("sale/1", "own", "sale/3");
  }

  @Test
  void requestId_missingWithoutCampaign_isABadRow() throws Exception {
    assertThat(batch(write("a.ndjson", ndjson("o-1", "")))).isEqualTo(1);
    assertThat(err.toString()).contains("line 1: request_id: is missing (--campaign");
    assertThat(service.batchRequests()).isEmpty();
  }

  @Test
  void validateOnly_isInEveryItem_andNeedsNoResultFile() throws Exception {
    Path file = write("a.csv", SECKILL_HEADER + "o-1,g,t,1,2\no-2,g,t,1,2\n");

    int code = run(file.toString(), "--campaign=c", "--validate-only");

    assertThat(code).isZero();
    assertThat(service.batchRequests()).allMatch(BatchSendRequest::getValidateOnly).hasSize(2);
    assertThat(out.toString()).containsPattern("VALID +2");
  }

  // What is written down.

  @Test
  void results_haveEverythingThatTheServerSaid() throws Exception {
    service.answerItems(
        request ->
            request.getSeckillMessage().getOpenId().equals("o-1")
                ? BatchItemResult.newBuilder()
                    .setOutcome(Outcome.OUTCOME_ACCEPTED)
                    .setMessageId("1988810812324364291")
                    .setReplayed(true)
                : rejected(
                    SendError.newBuilder()
                        .setCode(Status.Code.RESOURCE_EXHAUSTED.value())
                        .setReason(ErrorReason.DAILY_QUOTA_EXHAUSTED)
                        .setMessage("no more today")
                        .setRetryAfter(Duration.newBuilder().setSeconds(7200))
                        .setWechatErrcode(45009)
                        .setWechatErrmsg("reach max api daily quota limit")
                        .setWechatRid("rid-1")));
    Path file = write("a.csv", SECKILL_HEADER + "o-1,g,t,1,2\no-2,g,t,1,2\n");

    assertThat(batch(file, "--campaign=c")).isEqualTo(1);
    assertThat(result(1))
        .isEqualTo(
            json(
                """
                {"row":1,"line":2,"request_id":"c/1","outcome":"OUTCOME_ACCEPTED",
                 "message_id":"1988810812324364291","replayed":true}
                """));
    assertThat(result(2))
        .isEqualTo(
            json(
                """
                {"row":2,"line":3,"request_id":"c/2","outcome":"OUTCOME_REJECTED",
                 "reason":"DAILY_QUOTA_EXHAUSTED","code":"RESOURCE_EXHAUSTED",
                 "message":"no more today","retryable":true,"retry_after_seconds":7200.0,
                 "wechat_errcode":45009,"wechat_errmsg":"reach max api daily quota limit",
                 "wechat_rid":"rid-1"}
                """));
  }

  @Test
  void table_countsByOutcomeAndReason() throws Exception {
    service.answerItems(
        request ->
            switch (request.getRequestId()) {
              case "c/1", "c/2" -> rejected(reason(ErrorReason.USER_NOT_SUBSCRIBED));
              case "c/3" -> failed(Outcome.OUTCOME_UNKNOWN, reason(ErrorReason.OUTCOME_UNKNOWN));
              case "c/4" ->
                  failed(Outcome.OUTCOME_NOT_SENT, reason(ErrorReason.WECHAT_CREDENTIALS));
              default ->
                  BatchItemResult.newBuilder()
                      .setOutcome(Outcome.OUTCOME_ACCEPTED)
                      .setReplayed(true);
            });

    assertThat(batch(rows(1_200), "--campaign=c")).isEqualTo(1);
    assertThat(out.toString().lines().map(String::strip).map(l -> l.replaceAll(" +", " ")))
        .containsSubsequence(
            "outcome reason rows",
            "ACCEPTED 1,196",
            "REJECTED USER_NOT_SUBSCRIBED 2",
            "NOT_SENT WECHAT_CREDENTIALS 1",
            "UNKNOWN OUTCOME_UNKNOWN 1",
            "total 1,200",
            "1,196 of them were replayed: sent by an earlier call")
        .anyMatch(line -> line.matches("1,200 results in .*, [\\d,]+/s"))
        .contains("1 rows may succeed later: run the same command with --resume");
    assertThat(err.toString())
        .contains(
            "1,200 rows of 1,200 (100 %)", "accepted 1,196, rejected 2, not sent 1, unknown 1");
  }

  @Test
  void retryableAnswers_areAskedAgain() throws Exception {
    Map<String, Boolean> seen = new ConcurrentHashMap<>();
    service.answerItems(
        request ->
            seen.put(request.getRequestId(), true) == null
                ? rejected(
                    reason(ErrorReason.RATE_LIMITED).setRetryAfter(Duration.getDefaultInstance()))
                : BatchItemResult.newBuilder().setOutcome(Outcome.OUTCOME_ACCEPTED));

    assertThat(batch(rows(10), "--campaign=c")).isZero();
    assertThat(service.batchRequests()).hasSize(20);
    assertThat(Files.readAllLines(results)).hasSize(10);
  }

  @ParameterizedTest
  @CsvSource({"--retries=0, 1", "--longest-wait=1, 1"})
  void retryableAnswers_beyondWhatIsAllowed_areResults(String option, int sent) throws Exception {
    service.answerItems(
        request ->
            rejected(
                reason(ErrorReason.RATE_LIMITED)
                    .setRetryAfter(Duration.newBuilder().setSeconds(2))));

    assertThat(batch(rows(1), "--campaign=c", option)).isEqualTo(1);
    assertThat(service.batchRequests()).hasSize(sent);
  }

  // Bad rows.

  @Test
  void badRows_ofACsv_areToldByLineAndColumn_andTheOthersSent() throws Exception {
    Path file =
        write(
            "a.csv",
            """
            open_id,goods_name,time,corp_id,customer_id,state,language
            o-1,g,t,1,2,formal,zh_CN
            o-2,"g
            h",t,1,2,released,en
            o-3,g,t
            o-4,g,t,1,2,,
            """);

    assertThat(batch(file, "--campaign=c")).isEqualTo(1);
    assertThat(err.toString().lines())
        .contains(
            "line 3: state: 'released' (expected: developer, trial or formal)",
            "line 3: language: 'en' (expected: zh_CN, en_US, zh_HK or zh_TW)",
            "line 5: 3 fields (expected: 7)");
    assertThat(service.batchRequests())
        .extracting(BatchSendRequest::getRequestId)
        .containsExactly("c/1", "c/4");
    assertThat(result(2).get("bad_row").asBoolean()).isTrue();
    assertThat(result(2).get("field_violations").get(1).get("field").asText())
        .isEqualTo("language");
    assertThat(out.toString()).containsPattern("BAD ROW +not sent +2");
  }

  @Test
  void badRows_ofNdjson_areToldByLineAndColumnOrField() throws Exception {
    Path file =
        write(
            "a.ndjson",
            """
            {"seckill_message": {"open_id": "o-1", "colour": "red"}, "request_id": "r-1"}
            {"seckill_message": {"open_id": "o-2"} "request_id": "r-2"}
            [1, 2]
            {"seckill_message": {"open_id": "o-4"}, "request_id": "r-4"}
            """);

    assertThat(batch(file)).isEqualTo(1);
    assertThat(err.toString()).contains("line 1: ", "colour").contains("line 2: column 4");
    assertThat(err.toString()).contains("line 3: ");
    assertThat(service.batchRequests()).hasSize(1);
  }

  @Test
  void badRows_thatTheServerFinds_areToldByTheColumnOfTheFile() throws Exception {
    service.answerItems(
        request ->
            rejected(
                reason(ErrorReason.INVALID_REQUEST)
                    .addFieldViolations(
                        FieldViolation.newBuilder()
                            .setField("subscribe_message.data[\"thing1\"]")
                            .setDescription("has 23 characters (expected: at most 20)"))
                    .addFieldViolations(
                        FieldViolation.newBuilder()
                            .setField("subscribe_message.mini_program_state")
                            .setDescription("is unknown"))));
    Path file = write("a.csv", "open_id,template_id,data.thing1\no-1,t,x\n");

    assertThat(batch(file, "--campaign=c")).isEqualTo(1);
    assertThat(err.toString().lines())
        .contains(
            "line 2: data.thing1: has 23 characters (expected: at most 20)",
            "line 2: state: is unknown");
  }

  @Test
  void badRows_many_areNotAllToldButAllWrittenDown() throws Exception {
    Path file = write("a.csv", SECKILL_HEADER + "o-1\n".repeat(100));

    assertThat(batch(file, "--campaign=c")).isEqualTo(1);
    assertThat(err.toString().lines().filter(line -> line.startsWith("line "))).hasSize(20);
    assertThat(err.toString()).contains("more rows are bad; the results list all of them");
    assertThat(Files.readAllLines(results)).hasSize(100);
  }

  @Test
  void badRow_toldToStop_stopsThere() throws Exception {
    Path file = write("a.csv", SECKILL_HEADER + "o-1,g,t,1,2\no-2\no-3,g,t,1,2\n");

    assertThat(batch(file, "--campaign=c", "--on-bad-row=stop")).isEqualTo(3);
    assertThat(service.batchRequests()).hasSizeLessThanOrEqualTo(1);
    assertThat(out.toString())
        .contains("ended early: a row is bad", "to continue: run the same command with --resume");
  }

  @Test
  void requestId_tooLong_isABadRow() throws Exception {
    assertThat(batch(write("a.ndjson", ndjson("o-1", "x".repeat(65))))).isEqualTo(1);
    assertThat(err.toString()).contains("request_id: has 65 characters (expected: at most 64)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "open_id,goods_name,time,corp_id | column 'customer_id' is missing",
        "open_id,template_id | no column 'data.KEYWORD'",
        "open_id,data.thing1 | column 'template_id' is missing",
        "open_id,template_id,data.thing1,colour | unknown column 'colour'",
        "open_id,template_id,data.thing1,data. | unknown column 'data.'",
        "open_id,open_id,template_id,data.thing1 | column 'open_id' appears twice",
        "open_id,goods_name,time,corp_id,customer_id,page | are mixed",
        "open_id,goods_name,time,corp_id,customer_id,data.thing1 | are mixed",
      })
  void header_wrong_isToldAndNothingIsSent(String header, String told) throws Exception {
    assertThat(batch(write("a.csv", header + "\nx,x,x,x,x,x\n"), "--campaign=c")).isEqualTo(2);
    assertThat(err.toString()).contains(told);
    assertThat(results).doesNotExist();
  }

  @Test
  void csv_empty_isToldAndNothingIsSent() throws Exception {
    assertThat(batch(write("a.csv", ""), "--campaign=c")).isEqualTo(2);
    assertThat(err.toString()).contains("the CSV is empty");
  }

  @Test
  void csv_withAQuoteThatNeverEnds_cannotBeFinished() throws Exception {
    Path file = write("a.csv", SECKILL_HEADER + "o-1,g,t,1,2\no-2,\"g\"x,t,1,2\no-3,g,t,1,2\n");

    assertThat(batch(file, "--campaign=c")).isEqualTo(3);
    assertThat(err.toString()).contains("the CSV is broken").contains("3");
  }

  @Test
  void input_thatIsNotUtf8_isToldAndNothingIsSent() throws Exception {
    Path file = directory.resolve("a.csv");
    Files.write(file, (SECKILL_HEADER + "o-1,Café,t,1,2\n").getBytes(StandardCharsets.ISO_8859_1));

    assertThat(batch(file, "--campaign=c")).isEqualTo(2);
    assertThat(err.toString()).contains("not UTF-8");
    assertThat(service.batchRequests()).isEmpty();
  }

  // Going on.

  @Test
  void resume_sendsWhatHasNoFinalResult_andOnlyThat() throws Exception {
    Path file = rows(8);
    Files.writeString(
        results,
        """
        {"row":1,"line":2,"request_id":"c/1","outcome":"OUTCOME_ACCEPTED"}
        {"row":2,"line":3,"request_id":"c/2","outcome":"OUTCOME_REJECTED","retryable":false}
        {"row":3,"line":4,"request_id":"c/3","outcome":"OUTCOME_REJECTED","retryable":true}
        {"row":4,"line":5,"request_id":"c/4","outcome":"OUTCOME_NOT_SENT","retryable":false}
        {"row":5,"line":6,"request_id":"c/5","outcome":"OUTCOME_UNKNOWN","retryable":false}
        {"row":6,"line":7,"request_id":"c/6","outcome":"OUTCOME_UNKNOWN","retryable":true}
        {"row":7,"line":8,"request_id":"","outcome":"OUTCOME_REJECTED","bad_row":true}
        {"row":8,"line":9,"request_id":"c/8","outcome":"OUTCOME_ACCEPTED","validate_only":true}
        """);

    assertThat(batch(file, "--campaign=c", "--resume")).isEqualTo(1); // Rows 2 and 5.
    assertThat(service.batchRequests())
        .extracting(BatchSendRequest::getRequestId)
        .containsExactlyInAnyOrder("c/3", "c/4", "c/6", "c/7", "c/8");
    assertThat(Files.readAllLines(results)).hasSize(8 + 5);
    assertThat(out.toString()).containsPattern("DONE BEFORE +not sent again +3");

    service.batchRequests().clear();
    assertThat(batch(file, "--campaign=c", "--resume")).isEqualTo(1);
    assertThat(service.batchRequests()).isEmpty();
  }

  @Test
  void resume_everythingAcceptedInTheEnd_exitsWith0() throws Exception {
    Files.writeString(
        results,
        """
        {"row":1,"line":2,"request_id":"c/1","outcome":"OUTCOME_NOT_SENT","retryable":true}
        {"row":1,"line":2,"request_id":"c/1","outcome":"OUTCOME_ACCEPTED"}
        """);

    assertThat(batch(rows(2), "--campaign=c", "--resume")).isZero();
    assertThat(service.batchRequests())
        .extracting(BatchSendRequest::getRequestId)
        .containsExactly("c/2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"row\":2,\"line\":3,\"request_id\":\"c/2\",\"outco", "{", "garbage"})
  void resume_afterATornLine_writesOverIt(String torn) throws Exception {
    String first = "{\"row\":1,\"line\":2,\"request_id\":\"c/1\",\"outcome\":\"OUTCOME_ACCEPTED\"}";
    Files.writeString(results, first + "\n" + torn);

    assertThat(batch(rows(2), "--campaign=c", "--resume")).isZero();
    assertThat(Files.readAllLines(results)).hasSize(2).startsWith(first);
    assertThat(result(2).get("outcome").asText()).isEqualTo("OUTCOME_ACCEPTED");
    assertThat(service.batchRequests()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json | line 1 is not JSON",
        "{\"a\": 1} | line 1 is not a result",
        "{\"row\": 0, \"outcome\": \"x\"} | line 1 is not a result",
      })
  void resume_fromSomethingElse_isToldAndNothingIsSent(String line, String told) throws Exception {
    Files.writeString(results, line + "\n");

    assertThat(batch(rows(2), "--campaign=c", "--resume")).isEqualTo(2);
    assertThat(err.toString()).contains(told);
    assertThat(service.batchRequests()).isEmpty();
    assertThat(Files.readString(results)).isEqualTo(line + "\n");
  }

  @Test
  void resume_withAnotherCampaign_isToldAndNothingIsSent() throws Exception {
    Files.writeString(
        results,
        "{\"row\":1,\"line\":2,\"request_id\":\"c/1\",\"outcome\":\"OUTCOME_ACCEPTED\"}\n");

    assertThat(batch(rows(2), "--campaign=d", "--resume")).isEqualTo(2);
    assertThat(err.toString()).contains("another --campaign");
    assertThat(service.batchRequests()).isEmpty();
  }

  @Test
  void results_thatExist_areNeverOverwritten() throws Exception {
    Files.writeString(results, "precious\n");

    assertThat(batch(rows(1), "--campaign=c")).isEqualTo(2);
    assertThat(err.toString()).contains("exists: use --resume");
    assertThat(Files.readString(results)).isEqualTo("precious\n");
  }

  // Ends.

  /** One row: the batch may be given up as soon as it has the first, before others are read. */
  @Test
  void server_thatIsNotThere_isGivenUp() throws Exception {
    service.close();

    assertThat(batch(rows(1), "--campaign=c", "--give-up-after=0")).isEqualTo(3);
    assertThat(out.toString()).contains("ended early: ").containsPattern("NOT_SENT .* 1");
    assertThat(Files.readAllLines(results)).hasSize(1);
  }

  @Test
  void server_thatRefusesTheCaller_isNotTriedAgain() throws Exception {
    service.fail(Status.UNAUTHENTICATED.withDescription("no token").asRuntimeException());

    assertThat(batch(rows(3), "--campaign=c")).isEqualTo(3);
    assertThat(out.toString()).contains("ended early: no token");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--unknown",
        "missing.csv --results=r --campaign=c",
        "missing.txt --results=r",
        "missing.csv",
        "missing.csv --results=r --format=xml",
        "missing.csv --results=r --on-bad-row=panic",
        "missing.csv --results=r --campaign="
            + "xxxxxxxxxx"
            + "xxxxxxxxxx"
            + "xxxxxxxxxx"
            + "xxxxxxxxxxxxxxx",
        "missing.csv --results=r --window=0",
        "missing.csv --results=r --retries=-1",
        "missing.csv --results=r --resume",
        "missing.csv --validate-only --resume",
        "missing.csv --results=r --ca=missing.pem",
      })
  void commandLine_wrong_exitsWith2(String args) {
    assertThat(run(args.isEmpty() ? new String[0] : args.split(" "))).isEqualTo(2);
    assertThat(err.toString()).isNotEmpty().doesNotContain("Exception");
    assertThat(out.toString()).isEmpty();
    assertThat(service.batchRequests()).isEmpty();
  }

  private int batch(Path file, String... options) {
    List<String> args = new ArrayList<>(List.of(file.toString(), "--results=" + results));
    args.addAll(List.of(options));
    return run(args.toArray(String[]::new));
  }

  private int run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--server=" + service.address());
    all.add("--progress=plain");
    return new CommandLine(new BatchCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private Path rows(int count) throws IOException {
    StringBuilder rows = new StringBuilder(SECKILL_HEADER);
    for (int i = 1; i <= count; i++) {
      rows.append("o-").append(i).append(",g,t,1,2\n");
    }
    return write("rows.csv", rows.toString());
  }

  private static String ndjson(String openId, String requestId) {
    return "{\"seckill_message\": {\"open_id\": \""
        + openId
        + "\"}, \"request_id\": \""
        + requestId
        + "\"}\n";
  }

  /** The last result of a row. */
  private JsonNode result(int row) throws IOException {
    List<JsonNode> found = new ArrayList<>();
    for (String line : Files.readAllLines(results)) {
      JsonNode result = json(line);
      if (result.get("row").asInt() == row) {
        found.add(result);
      }
    }
    assertThat(found).as("results of row " + row).isNotEmpty();
    return found.get(found.size() - 1);
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  private static SendError.Builder reason(ErrorReason reason) {
    return SendError.newBuilder().setReason(reason).setMessage("text for people");
  }

  private static BatchItemResult.Builder rejected(SendError.Builder error) {
    return failed(Outcome.OUTCOME_REJECTED, error);
  }

  private static BatchItemResult.Builder failed(Outcome outcome, SendError.Builder error) {
    return BatchItemResult.newBuilder()
        .setOutcome(outcome)
        .setError(error.setOutcome(outcome).build());
  }
}
