package dev.wxnotify.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import dev.wxnotify.v1.GetAccessTokenRequest;
import dev.wxnotify.v1.GetAccessTokenResponse;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.RejectAccessTokenRequest;
import dev.wxnotify.v1.RejectAccessTokenResponse;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.TokenServiceGrpc.TokenServiceImplBase;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tokens by the client, over a real socket. */
@Timeout(60)
class TokenClientTest {
  private final List<Object> requests = new CopyOnWriteArrayList<>();
  private final Server server;
  private final NotificationClient client;
  private volatile boolean refusing;

  TokenClientTest() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Tokens())
            .build()
            .start();
    client = NotificationClient.builder("127.0.0.1:" + server.getPort()).plaintext().build();
  }

  private final class Tokens extends TokenServiceImplBase {
    @Override
    public void getAccessToken(
        GetAccessTokenRequest request, StreamObserver<GetAccessTokenResponse> responses) {
      requests.add(request);
      answer(GetAccessTokenResponse.newBuilder().setAccessToken("98_a").build(), responses);
    }

    @Override
    public void rejectAccessToken(
        RejectAccessTokenRequest request, StreamObserver<RejectAccessTokenResponse> responses) {
      requests.add(request);
      answer(RejectAccessTokenResponse.getDefaultInstance(), responses);
    }

    private <R> void answer(R response, StreamObserver<R> responses) {
      if (refusing) {
        SendError error =
            SendError.newBuilder()
                .setCode(Status.Code.PERMISSION_DENIED.value())
                .setReason(ErrorReason.RIGHT_MISSING)
                .setOutcome(Outcome.OUTCOME_NOT_SENT)
                .build();
        responses.onError(
            StatusProto.toStatusRuntimeException(
                com.google.rpc.Status.newBuilder()
                    .setCode(error.getCode())
                    .addDetails(Any.pack(error))
                    .build()));
      } else {
        responses.onNext(response);
        responses.onCompleted();
      }
    }
  }

  @AfterEach
  void close() {
    client.close();
    server.shutdownNow();
  }

  @Test
  void get_andReject_areCallsOfTheTokenService() throws Exception {
    assertThat(client.tokens().get().getAccessToken()).isEqualTo("98_a");
    assertThat(client.tokens().get("wx-1").getAccessToken()).isEqualTo("98_a");
    client.tokens().reject("5d41402a", 40001);
    client.tokens().rejectAsync("wx-1", "5d41402a", 42001).get(30, TimeUnit.SECONDS);
    assertThat(client.tokens().getAsync("").get(30, TimeUnit.SECONDS).getAccessToken())
        .isEqualTo("98_a");

    assertThat(requests)
        .containsExactly(
            GetAccessTokenRequest.getDefaultInstance(),
            GetAccessTokenRequest.newBuilder().setAppId("wx-1").build(),
            RejectAccessTokenRequest.newBuilder()
                .setFingerprint("5d41402a")
                .setWechatErrcode(40001)
                .build(),
            RejectAccessTokenRequest.newBuilder()
                .setAppId("wx-1")
                .setFingerprint("5d41402a")
                .setWechatErrcode(42001)
                .build(),
            GetAccessTokenRequest.getDefaultInstance());
  }

  @Test
  void refusal_isASendException() {
    refusing = true;

    SendException failure = catchThrowableOfType(SendException.class, () -> client.tokens().get());

    assertThat(failure.reason()).isEqualTo(ErrorReason.RIGHT_MISSING);
    assertThat(failure.retryable()).isFalse();
    assertThat(
            catchThrowableOfType(
                SendException.class, () -> client.tokens().reject("5d41402a", 40001)))
        .isNotNull();
  }
}
