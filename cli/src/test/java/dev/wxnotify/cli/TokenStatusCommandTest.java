package dev.wxnotify.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.Code;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.GetTokenStatusResponse;
import dev.wxnotify.v1.OperationsServiceGrpc.OperationsServiceImplBase;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.TokenSource;
import dev.wxnotify.v1.TokenState;
import dev.wxnotify.v1.TokenStatus;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class TokenStatusCommandTest {
  private static final GetTokenStatusResponse TOKENS =
      GetTokenStatusResponse.newBuilder()
          .addTokens(
              TokenStatus.newBuilder()
                  .setAppId("wx-1")
                  .setState(TokenState.TOKEN_STATE_FRESH)
                  .setSource(TokenSource.TOKEN_SOURCE_REDIS)
                  .setAge(Duration.newBuilder().setSeconds(724))
                  .setExpiresIn(Duration.newBuilder().setSeconds(6_276))
                  .setFingerprint("5d41402a")
                  .setCallsLeft(150))
          .addTokens(
              TokenStatus.newBuilder()
                  .setAppId("wx-22")
                  .setState(TokenState.TOKEN_STATE_NONE)
                  .setCallsLeft(3)
                  .setTrouble("the file of token.cloudbase-file\ndoes not exist")
                  .setNextTryIn(Duration.newBuilder().setNanos(500_000_000)))
          .addTokens(
              TokenStatus.newBuilder()
                  .setAppId("wx-3")
                  .setState(TokenState.TOKEN_STATE_NOT_NEEDED)
                  .setCallsLeft(150))
          .build();

  private final List<GetTokenStatusRequest> requests = new CopyOnWriteArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Server server;
  private final int port;
  private volatile boolean refusing;

  TokenStatusCommandTest() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                new OperationsServiceImplBase() {
                  @Override
                  public void getTokenStatus(
                      GetTokenStatusRequest request,
                      StreamObserver<GetTokenStatusResponse> responses) {
                    requests.add(request);
                    if (refusing) {
                      responses.onError(refusal());
                    } else {
                      responses.onNext(TOKENS);
                      responses.onCompleted();
                    }
                  }
                })
            .build()
            .start();
    port = server.getPort();
  }

  private static Throwable refusal() {
    SendError error =
        SendError.newBuilder()
            .setCode(Code.PERMISSION_DENIED_VALUE)
            .setReason(ErrorReason.NOT_AN_OPERATOR)
            .setOutcome(Outcome.OUTCOME_NOT_SENT)
            .setMessage("this caller is not an operator")
            .build();
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(error.getCode())
            .setMessage(error.getMessage())
            .addDetails(Any.pack(error))
            .build());
  }

  @AfterEach
  void close() {
    server.shutdownNow();
  }

  private int run(String... more) {
    List<String> args = new ArrayList<>(List.of("status", "--server=127.0.0.1:" + port));
    args.addAll(List.of(more));
    return new CommandLine(new TokenCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args.toArray(String[]::new));
  }

  @Test
  void text_isATable_andBelowItWhatDoesNotWork() {
    assertThat(run()).isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            "APP    STATE       SOURCE  AGE          EXPIRES IN  FINGERPRINT  CALLS LEFT",
            "wx-1   fresh       redis   12 min 04 s  1 h 44 min  5d41402a     150",
            "wx-22  none        -       -            -           -            3",
            "wx-3   not needed  -       -            -           -            150",
            "",
            "wx-22: the file of token.cloudbase-file does not exist",
            "  next attempt in 500 ms");
    assertThat(requests).containsExactly(GetTokenStatusRequest.getDefaultInstance());
  }

  @Test
  void json_isTheResponse() throws Exception {
    assertThat(run("--app-id=wx-1", "--output=json")).isZero();

    GetTokenStatusResponse.Builder read = GetTokenStatusResponse.newBuilder();
    JsonFormat.parser().merge(out.toString(), read);
    assertThat(read.build()).isEqualTo(TOKENS);
    assertThat(requests)
        .containsExactly(GetTokenStatusRequest.newBuilder().setAppId("wx-1").build());
  }

  @Test
  void refusal_isToldWithExitCode1() {
    refusing = true;

    assertThat(run()).isEqualTo(1);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("NOT_AN_OPERATOR", "this caller is not an operator");
  }

  @Test
  void serverThatIsAway_isToldWithExitCode1_andSaysNothingOfMessages() {
    server.shutdownNow();

    assertThat(run()).isEqualTo(1);
    assertThat(err.toString()).startsWith("NO ANSWER").doesNotContain("message");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--output=yaml", "--unknown", "--timeout=soon"})
  void wrongOption_isToldWithoutACall(String option) {
    assertThat(run(option)).isNotZero();
    assertThat(requests).isEmpty();
  }
}
