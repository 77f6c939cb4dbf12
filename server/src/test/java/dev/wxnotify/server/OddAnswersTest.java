package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import dev.wxnotify.server.sandbox.AcceptedMessage;
import dev.wxnotify.server.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Through the whole server: whatever WeChat, or what is in between, answers to one message, each
 * other one hears its own answer, and a repeat by its request id hears that very answer again.
 */
class OddAnswersTest {
  private static final String ACCEPTED = "accepted";
  private static final String UNKNOWN = "unknown";

  @SuppressWarnings("NullAway.Init")
  private static RunningServer server;

  /** What was heard of one message. */
  private record Heard(Outcome outcome, String messageId, int errcode, String rid) {
    static Heard of(SendSubscribeMessageResponse response) {
      return new Heard(Outcome.OUTCOME_ACCEPTED, response.getMessageId(), 0, "");
    }

    static Heard of(SendError error) {
      return new Heard(error.getOutcome(), "", error.getWechatErrcode(), error.getWechatRid());
    }
  }

  @BeforeAll
  static void start() throws Exception {
    // Few connections, so that messages follow one another on each.
    server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.wechat.max-connections", "4"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "interim-100, accepted",
    "interim-101, unknown",
    "interim-102, accepted",
    "interim-103, accepted",
    "interim-several, accepted",
    "interim-late, accepted",
    "surplus, accepted",
    "surplus-rubbish, accepted",
    "empty-200, unknown",
    "empty-200-body, unknown",
    "empty-200-late, unknown",
    "body-204, unknown",
    "body-204-late, unknown",
    "body-304, unknown",
    "body-304-late, unknown",
    "short-body-close, unknown",
    "long-body, unknown",
    "split, accepted",
    "halves, accepted",
    "chunked, accepted",
    "two-lengths, unknown",
    "http-10, accepted",
    "connection-close, accepted",
  })
  void message_afterAnOddAnswer_hearsItsOwn_andSoDoTheRepeatsOfBoth(String odd, String expected)
      throws Exception {
    String first = "sandbox-" + odd + "-first";

    Map<String, Heard> heard =
        inTurn(
            "before-" + odd,
            first,
            "sandbox-43101-" + odd,
            "after-" + odd,
            "sandbox-40003-" + odd,
            "last-" + odd);

    assertThat(heard.get(first)).extracting(Heard::outcome).isEqualTo(outcomeOf(expected));
    assertHeardTheirOwn(heard);
    assertRepeatsHearTheSame(heard);
  }

  /** The rest comes while the connection is idle, and must not meet the next message. */
  @Test
  void message_afterALateSecondAnswer_hearsItsOwn_andSoDoTheRepeatsOfBoth() throws Exception {
    Map<String, Heard> heard = inTurn("before-surplus-late");
    int open = server.sandbox().state().connectionsOpen();
    heard.putAll(inTurn("sandbox-surplus-late-first"));
    Await.until(
        "the connection is closed", () -> server.sandbox().state().connectionsOpen() < open);
    heard.putAll(inTurn("sandbox-43101-surplus-late", "after-surplus-late"));

    assertHeardTheirOwn(heard);
    assertThat(heard.get("sandbox-surplus-late-first"))
        .extracting(Heard::outcome)
        .isEqualTo(Outcome.OUTCOME_ACCEPTED);
    assertRepeatsHearTheSame(heard);
  }

  /** All at once over few connections, so that odd answers meet others on each of them. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void manyMessages_withOddAnswersAmongThem_hearTheirOwn_andSoDoTheirRepeats(int round)
      throws Exception {
    List<String> odd =
        List.of("interim-103", "surplus", "empty-200", "split", "body-204", "interim-101", "40003");
    List<String> openIds = new ArrayList<>();
    for (int i = 0; i < 210; i++) {
      openIds.add(
          i % 3 == 0
              ? "sandbox-" + odd.get(i / 3 % odd.size()) + "-mix-" + round + "-" + i
              : "mix-" + round + "-" + i);
    }
    Map<String, ListenableFuture<SendSubscribeMessageResponse>> begun = new LinkedHashMap<>();
    openIds.forEach(to -> begun.put(to, server.future().sendSubscribeMessage(requestTo(to))));
    Map<String, Heard> heard = new LinkedHashMap<>();
    for (Map.Entry<String, ListenableFuture<SendSubscribeMessageResponse>> each :
        begun.entrySet()) {
      heard.put(each.getKey(), answer(each.getValue()));
    }

    assertHeardTheirOwn(heard);
    assertRepeatsHearTheSame(heard);
  }

  private static Outcome outcomeOf(String expected) {
    return switch (expected) {
      case ACCEPTED -> Outcome.OUTCOME_ACCEPTED;
      case UNKNOWN -> Outcome.OUTCOME_UNKNOWN;
      default -> throw new IllegalArgumentException(expected);
    };
  }

  private static Map<String, Heard> inTurn(String... openIds) throws Exception {
    Map<String, Heard> heard = new LinkedHashMap<>();
    for (String to : openIds) {
      heard.put(to, answer(server.future().sendSubscribeMessage(requestTo(to))));
    }
    return heard;
  }

  private static SendSubscribeMessageRequest requestTo(String openId) {
    return RunningServer.requestTo(openId).toBuilder().setRequestId("id of " + openId).build();
  }

  private static Heard answer(ListenableFuture<SendSubscribeMessageResponse> call)
      throws Exception {
    try {
      return Heard.of(call.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StatusRuntimeException failure) {
        return Heard.of(RunningServer.sendError(failure));
      }
      throw e;
    }
  }

  /** As the sandbox has it on record: by message id, or by the errcode in the open id. */
  private static void assertHeardTheirOwn(Map<String, Heard> heard) {
    Map<String, String> ids = new LinkedHashMap<>();
    for (AcceptedMessage each : server.sandbox().messages()) {
      assertThat(ids.put(each.openId(), Long.toString(each.msgid())))
          .as("two messages to %s", each.openId())
          .isNull();
    }
    heard.forEach(
        (openId, each) -> {
          if (openId.startsWith("sandbox-4")) {
            assertThat(each.outcome()).as(openId).isEqualTo(Outcome.OUTCOME_REJECTED);
            assertThat(each.errcode()).as(openId).isEqualTo(errcodeIn(openId));
          } else if (each.outcome() == Outcome.OUTCOME_UNKNOWN) {
            assertThat(openId).startsWith("sandbox-");
          } else {
            assertThat(each.outcome()).as(openId).isEqualTo(Outcome.OUTCOME_ACCEPTED);
            assertThat(each.messageId()).as(openId).isEqualTo(ids.get(openId));
          }
        });
    assertThat(heard.values().stream().map(Heard::rid).filter(rid -> !rid.isEmpty()))
        .as("each answer of WeChat has an id of its own")
        .doesNotHaveDuplicates();
  }

  private static int errcodeIn(String openId) {
    return Integer.parseInt(openId.replaceFirst("sandbox-(\\d+)-.*", "$1"));
  }

  private static void assertRepeatsHearTheSame(Map<String, Heard> heard) throws Exception {
    long received = server.sandbox().state().sendsReceived();
    assertThat(inTurn(heard.keySet().toArray(String[]::new))).isEqualTo(heard);
    assertThat(server.sandbox().state().sendsReceived()).isEqualTo(received);
  }
}
