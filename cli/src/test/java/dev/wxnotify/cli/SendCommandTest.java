package dev.wxnotify.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.wxnotify.v1.FieldViolation;
import dev.wxnotify.v1.Language;
import dev.wxnotify.v1.MiniProgramState;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SubscribeMessage;
import io.grpc.Status;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SendCommandTest {
  private static final List<String> SUBSCRIBE =
      List.of("subscribe", "--open-id=o-1", "--template-id=t-1", "--data=thing1=Coffee");

  private final FakeNotificationService service;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  SendCommandTest() throws Exception {
    service = new FakeNotificationService();
  }

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void subscribe_everyOption_isInTheRequest() {
    int code =
        send(
            List.of(
                "subscribe",
                "--app-id=wx-1",
                "--open-id=o-1",
                "--template-id=t-1",
                "--page=pages/a?x=1",
                "--data=thing1=a=b",
                "--data=time2=2026-11-24 20:00",
                "--state=trial",
                "--language=zh_HK",
                "--request-id=r-1",
                "--validate-only"));

    assertThat(code).isZero();
    assertThat(out.toString().strip()).isEqualTo("VALID  nothing was sent");
    assertThat(service.subscribeRequests())
        .containsExactly(
            SendSubscribeMessageRequest.newBuilder()
                .setMessage(
                    SubscribeMessage.newBuilder()
                        .setAppId("wx-1")
                        .setOpenId("o-1")
                        .setTemplateId("t-1")
                        .setPage("pages/a?x=1")
                        .putData("thing1", "a=b")
                        .putData("time2", "2026-11-24 20:00")
                        .setMiniProgramState(MiniProgramState.MINI_PROGRAM_STATE_TRIAL)
                        .setLanguage(Language.LANGUAGE_ZH_HK))
                .setRequestId("r-1")
                .setValidateOnly(true)
                .build());
  }

  @Test
  void seckill_options_areInTheRequest() {
    service.accept("7", false);

    int code =
        send(
            List.of(
                "seckill",
                "--open-id=o-1",
                "--goods-name=咖啡",
                "--time=2026-11-24 20:00",
                "--corp-id=1",
                "--customer-id=2"));

    assertThat(code).isZero();
    assertThat(service.seckillRequests())
        .containsExactly(
            SendSeckillMessageRequest.newBuilder()
                .setMessage(
                    SeckillMessage.newBuilder()
                        .setOpenId("o-1")
                        .setGoodsName("咖啡")
                        .setTime("2026-11-24 20:00")
                        .setCorpId("1")
                        .setCustomerId("2"))
                .build());
  }

  @ParameterizedTest
  @CsvSource({
    "1988810812324364291,false,ACCEPTED  message_id 1988810812324364291",
    "7,true,ACCEPTED  message_id 7  (replayed: nothing was sent now)",
    "'',false,ACCEPTED",
  })
  void accepted_isToldWithExitCode0(String messageId, boolean replayed, String told) {
    service.accept(messageId, replayed);

    assertThat(send(SUBSCRIBE)).isZero();
    assertThat(out.toString().strip()).isEqualTo(told);
  }

  @Test
  void rejected_isToldWithEverythingThatTheServerSaid() {
    service.fail(
        Status.Code.INVALID_ARGUMENT,
        SendError.newBuilder()
            .setOutcome(Outcome.OUTCOME_REJECTED)
            .setReason(SendError.ErrorReason.INVALID_TEMPLATE_DATA)
            .setMessage("a value is wrong")
            .addFieldViolations(
                FieldViolation.newBuilder()
                    .setField("message.data[\"thing1\"]")
                    .setDescription("too long"))
            .addFieldViolations(
                FieldViolation.newBuilder().setField("message.page").setDescription("unknown"))
            .setWechatErrcode(47003)
            .setWechatErrmsg("argument invalid!")
            .setWechatRid("63744527-66b4c3d4-44fe1563")
            .setRetryAfter(Duration.newBuilder().setSeconds(60))
            .build());

    assertThat(send(SUBSCRIBE)).isEqualTo(1);
    assertThat(out.toString().lines())
        .containsExactly(
            "REJECTED  INVALID_TEMPLATE_DATA  (INVALID_ARGUMENT)",
            "  a value is wrong",
            "  field       message.data[\"thing1\"]: too long",
            "  field       message.page: unknown",
            "  errcode     47003  argument invalid!",
            "  rid         63744527-66b4c3d4-44fe1563",
            "  retry after 60 s");
  }

  @Test
  void failure_withoutDetails_isToldByItsStatus() {
    service.fail(Status.INTERNAL.withDescription("a proxy's page").asRuntimeException());

    assertThat(send(SUBSCRIBE)).isEqualTo(1);
    assertThat(out.toString().lines())
        .containsExactly(
            "NO ANSWER  INTERNAL", "  a proxy's page", "  the message may have been sent");
  }

  @Test
  void server_silent_isToldAtTheDeadline() {
    service.saysNothing();

    assertThat(sendUntilOneArrives()).isEqualTo(1);
    assertThat(out.toString())
        .startsWith("NO ANSWER  DEADLINE_EXCEEDED")
        .contains("the message may have been sent");
  }

  /**
   * Sends with longer and longer times, since a busy machine may need all of a short one to
   * connect. The output is that of the last try alone.
   *
   * @return the exit code of the first try whose message arrived within its time
   */
  private int sendUntilOneArrives() {
    for (long millis = 250; ; millis *= 2) {
      String page = "within-" + millis;
      out.getBuffer().setLength(0);
      int code = send(with(with(SUBSCRIBE, "--page=" + page), "--timeout=" + millis / 1_000.0));
      if (service.subscribeRequests().stream()
          .anyMatch(request -> request.getMessage().getPage().equals(page))) {
        return code;
      }
    }
  }

  @Test
  void server_notReached_isTold() {
    service.close();

    assertThat(send(SUBSCRIBE)).isEqualTo(1);
    assertThat(out.toString())
        .startsWith("NO ANSWER  UNAVAILABLE")
        .contains(service.address())
        .contains("the message was not sent");
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--state=released,developer",
    "--state=FORMAL,developer",
    "--language=zh-CN,zh_CN",
    "--language=en,zh_CN",
    "--timeout=soon,timeout",
    "--data=thing1,data",
    "--unknown,unknown",
  })
  void option_wrong_isToldAndNothingIsSent(String option, String told) {
    assertThat(send(with(SUBSCRIBE, option))).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains(told);
    assertThat(service.subscribeRequests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        ":9090",
        "127.0.0.1:",
        "127.0.0.1:0",
        "127.0.0.1:99999",
        "127.0.0.1:-1",
        "127.0.0.1:S3CR3T",
        "a b:1",
        "[::1",
        "[::1]",
        "http://127.0.0.1:9090",
        "服务:1",
        "u:S3CR3T@127.0.0.1:9090",
        "127.0.0.1:9090/x",
        "dns:///S3CR3T",
        "dns://S3CR3T@a/b:1"
      })
  void server_wrong_isReportedWithoutItsText(String server) {
    List<String> args = with(SUBSCRIBE, "--server=" + server);

    assertThat(commandLine().execute(args.toArray(String[]::new)))
        .isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString())
        .contains("--server: expected: HOST:PORT")
        .doesNotContain("S3CR3T", "Exception", "\tat ");
  }

  private int send(List<String> args) {
    return commandLine()
        .execute(with(args, "--server=" + service.address()).toArray(String[]::new));
  }

  private CommandLine commandLine() {
    return new CommandLine(new SendCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
  }

  private static List<String> with(List<String> args, String more) {
    List<String> all = new ArrayList<>(args);
    all.add(more);
    return all;
  }
}
