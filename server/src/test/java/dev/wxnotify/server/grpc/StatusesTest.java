package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SubscribeMessage;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StatusesTest {
  /** What clients accept by default for all trailers together; proxies accept no more. */
  private static final int MAX_TRAILERS = 8 * 1024;

  /** What HTTP/2 counts for each header in addition to its name and value. */
  private static final int HEADER_OVERHEAD = 32;

  /** What gRPC adds by itself. */
  private static final int OTHER_HEADERS = 200;

  private static final String RID = "6234f1e4-1ac81dfc-2f4e4ee0";
  private static final int LONGEST_ERRMSG = 256;

  private final HeldGateway gateway = new HeldGateway();

  @RegisterExtension final GrpcServerExtension server = new GrpcServerExtension(gateway);

  static Stream<SendError> errors() {
    WeChatError said = new WeChatError(40003, "invalid openid", RID);
    List<Violation> violations = List.of(new Violation("data[\"thing1\"]", "is bad"));
    Duration pause = Duration.ofSeconds(30, 7);
    return Stream.of(
            Stream.of(Rejected.Reason.values())
                .flatMap(
                    reason ->
                        Stream.of(
                            new SendOutcome.Rejected(reason, null),
                            new SendOutcome.Rejected(reason, said),
                            new SendOutcome.Rejected(reason, said, violations, pause))),
            Stream.of(NotSent.Reason.values())
                .flatMap(
                    reason ->
                        Stream.of(
                            new SendOutcome.NotSent(reason, "why"),
                            new SendOutcome.NotSent(reason, "why", said, pause))),
            Stream.of(Unknown.Reason.values()).map(doubt -> new SendOutcome.Unknown(doubt, "how")))
        .flatMap(outcomes -> outcomes)
        .map(outcome -> SendErrors.of((SendOutcome) outcome, "message"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void of_anyError_saysTheSameInEachOfItsParts(SendError error) {
    StatusRuntimeException status = Statuses.of(error);

    Status.Code code = Status.fromCodeValue(error.getCode()).getCode();
    assertThatStatus(status).isError(code, error.getReason(), error.getOutcome());
    assertThat(assertThatStatus(status).sendError()).isEqualTo(error);
  }

  @Test
  void of_error_textBeginsWithTheReasonAndEndsWithTheRid() {
    SendError error =
        SendErrors.of(
            new SendOutcome.Rejected(
                Rejected.Reason.INVALID_OPEN_ID, new WeChatError(40003, "invalid openid", RID)),
            "message");

    assertThat(Statuses.of(error).getStatus().getDescription())
        .isEqualTo(
            "INVALID_OPEN_ID: WeChat rejected the message: 40003 invalid openid (rid: "
                + RID
                + ")");
  }

  @Test
  void of_reasonOfTheContract_isOneThatStandardClientsTake() {
    assertThat(ErrorReason.values())
        .filteredOn(reason -> reason != ErrorReason.UNRECOGNIZED)
        .extracting(ErrorReason::name)
        .allMatch(name -> name.length() <= 63 && name.matches("[A-Z][A-Z0-9_]+[A-Z0-9]"));
  }

  static Stream<Arguments> longErrors() {
    return Stream.of(
        Arguments.argumentSet("Chinese", "字".repeat(LONGEST_ERRMSG)),
        Arguments.argumentSet("emoji", "😀".repeat(LONGEST_ERRMSG / 2)),
        Arguments.argumentSet("per cent", "%".repeat(LONGEST_ERRMSG)),
        Arguments.argumentSet("control characters", "\u0001".repeat(LONGEST_ERRMSG)));
  }

  /** Whatever the core reports: the details do not depend on limits that others enforce. */
  @Test
  void of_endlessTextOfWeChat_reachesADefaultClient() {
    WeChatError said = new WeChatError(47003, "字".repeat(100_000), RID);
    gateway.scriptFor("o", new Answer.Rejected(Rejected.Reason.CONTENT_BLOCKED, said, List.of()));

    assertThatCall(() -> server.blocking().sendSubscribeMessage(Requests.single("o")))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.CONTENT_BLOCKED, Outcome.OUTCOME_REJECTED);
  }

  @ParameterizedTest
  @MethodSource("longErrors")
  void of_longTextOfWeChat_reachesADefaultClientWhole(String errmsg) {
    WeChatError said = new WeChatError(47003, errmsg, RID);
    List<Violation> named = List.of(new Violation("data[\"thing1\"]", "WeChat rejects the value"));
    gateway.scriptFor("o", new Answer.Rejected(Rejected.Reason.INVALID_TEMPLATE_DATA, said, named));

    SendError error =
        assertThatCall(() -> server.blocking().sendSubscribeMessage(Requests.single("o")))
            .isError(
                Status.Code.INVALID_ARGUMENT,
                ErrorReason.INVALID_TEMPLATE_DATA,
                Outcome.OUTCOME_REJECTED)
            .namesFields("message.data[\"thing1\"]")
            .sendError();

    assertThat(error.getWechatErrmsg()).isEqualTo(errmsg);
    assertThat(trailersOf(error)).isLessThan(MAX_TRAILERS);
  }

  static Stream<Arguments> names() {
    return Stream.of(
        Arguments.argumentSet("short", "k"),
        Arguments.argumentSet("long", "k".repeat(120)),
        Arguments.argumentSet("long Chinese", "字".repeat(120)),
        Arguments.argumentSet("long emoji", "😀".repeat(60)),
        Arguments.argumentSet("long, of control characters", "\u0001".repeat(120)));
  }

  @ParameterizedTest
  @MethodSource("names")
  void of_everythingIsWrong_reachesADefaultClientWhole(String name) {
    SubscribeMessage.Builder message =
        SubscribeMessage.newBuilder()
            .setAppId("wx-unknown")
            .setOpenId("o ".repeat(1_000))
            .setTemplateId("t ".repeat(1_000))
            .setPage("p ".repeat(10_000))
            .setLanguageValue(99)
            .setMiniProgramStateValue(99);
    IntStream.range(0, 64).forEach(i -> message.putData(name + i, ""));
    SendSubscribeMessageRequest request =
        SendSubscribeMessageRequest.newBuilder()
            .setMessage(message)
            .setRequestId("r".repeat(65))
            .build();

    SendError error =
        assertThatCall(() -> server.blocking().sendSubscribeMessage(request))
            .isError(
                Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
            .sendError();

    assertThat(error.getFieldViolationsCount()).isGreaterThan(9);
    assertThat(trailersOf(error)).isLessThan(MAX_TRAILERS);
  }

  /** The first violation is in the text too, percent-encoded, whichever field it is. */
  @ParameterizedTest
  @MethodSource("names")
  void of_onlyLongNamesAreWrong_reachesADefaultClientWhole(String name) {
    SubscribeMessage.Builder message = Requests.subscribe("o").clearData();
    IntStream.range(0, 64).forEach(i -> message.putData(name + i, ""));

    SendError error =
        assertThatCall(
                () ->
                    server
                        .blocking()
                        .sendSubscribeMessage(
                            SendSubscribeMessageRequest.newBuilder().setMessage(message).build()))
            .isError(
                Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
            .sendError();

    assertThat(error.getFieldViolationsCount()).isGreaterThan(3);
    assertThat(trailersOf(error)).isLessThan(MAX_TRAILERS);
  }

  /** Returns the size of the trailers of {@code error} in bytes, as HTTP/2 counts them. */
  private static int trailersOf(SendError error) {
    StatusRuntimeException status = Statuses.of(error);
    Metadata trailers = Objects.requireNonNull(status.getTrailers());
    byte[] details =
        Objects.requireNonNull(
            trailers.get(
                Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER)));
    int text =
        URLEncoder.encode(
                Objects.requireNonNull(status.getStatus().getDescription()), StandardCharsets.UTF_8)
            .length();
    return "grpc-status-details-bin".length()
        + (details.length + 2) / 3 * 4
        + HEADER_OVERHEAD
        + "grpc-message".length()
        + text
        + HEADER_OVERHEAD
        + OTHER_HEADERS;
  }

  /** Rejections are common: they must not cost a stack walk. */
  @Test
  void of_anyError_hasNoStackTrace() {
    for (ErrorReason reason : ErrorReason.values()) {
      if (reason != ErrorReason.UNRECOGNIZED) {
        assertThat(Statuses.of(SendError.newBuilder().setCode(8).setReason(reason).build()))
            .as("%s", reason)
            .satisfies(error -> assertThat(error.getStackTrace()).isEmpty());
      }
    }
  }
}
