package dev.wxnotify.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wxnotify.v1.ClearQuotaRequest;
import dev.wxnotify.v1.ClearQuotaResponse;
import dev.wxnotify.v1.GetQuotaRequest;
import dev.wxnotify.v1.GetQuotaResponse;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.GetTokenStatusResponse;
import dev.wxnotify.v1.LookUpRidRequest;
import dev.wxnotify.v1.LookUpRidResponse;
import dev.wxnotify.v1.OperationsServiceGrpc.OperationsServiceImplBase;
import dev.wxnotify.v1.Outcome;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of operators by the client, over a real socket. */
@Timeout(60)
class OperationsClientTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final List<Object> requests = new CopyOnWriteArrayList<>();
  private final Server server;
  private final NotificationClient client;
  private volatile boolean losing;

  OperationsClientTest() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Operations())
            .build()
            .start();
    client = NotificationClient.builder("127.0.0.1:" + server.getPort()).plaintext().build();
  }

  @AfterEach
  void close() {
    client.close();
    server.shutdownNow();
  }

  private final class Operations extends OperationsServiceImplBase {
    @Override
    public void getTokenStatus(
        GetTokenStatusRequest request, StreamObserver<GetTokenStatusResponse> responses) {
      answer(request, GetTokenStatusResponse.getDefaultInstance(), responses);
    }

    @Override
    public void lookUpRid(LookUpRidRequest request, StreamObserver<LookUpRidResponse> responses) {
      answer(request, LookUpRidResponse.newBuilder().setClientIp("127.0.0.1").build(), responses);
    }

    @Override
    public void getQuota(GetQuotaRequest request, StreamObserver<GetQuotaResponse> responses) {
      answer(request, GetQuotaResponse.newBuilder().setRemain(7).build(), responses);
    }

    @Override
    public void clearQuota(
        ClearQuotaRequest request, StreamObserver<ClearQuotaResponse> responses) {
      answer(request, ClearQuotaResponse.getDefaultInstance(), responses);
    }

    private <R> void answer(Object request, R response, StreamObserver<R> responses) {
      requests.add(request);
      if (losing) {
        responses.onError(Status.UNKNOWN.asRuntimeException());
      } else {
        responses.onNext(response);
        responses.onCompleted();
      }
    }
  }

  @Test
  void calls_areThoseOfTheOperationsService() {
    GetTokenStatusRequest status = GetTokenStatusRequest.newBuilder().setAppId("wx-1").build();
    LookUpRidRequest rid = LookUpRidRequest.newBuilder().setRid("a-b-c").build();
    GetQuotaRequest quota = GetQuotaRequest.newBuilder().setCgiPath("/a").build();
    ClearQuotaRequest clear = ClearQuotaRequest.newBuilder().setConfirmAppId("wx-1").build();
    OperationsClient operations = client.operations();

    assertThat(operations.tokenStatus(status, LONG)).isNotNull();
    assertThat(operations.lookUpRid(rid, LONG).getClientIp()).isEqualTo("127.0.0.1");
    assertThat(operations.quota(quota, LONG).getRemain()).isEqualTo(7);
    assertThat(operations.clearQuota(clear, LONG)).isNotNull();

    assertThat(requests).containsExactly(status, rid, quota, clear);
  }

  @Test
  void answerThatIsLost_mayBeAskedForAgain_exceptAReset() {
    losing = true;
    OperationsClient operations = client.operations();

    SendException look =
        catchThrowableOfType(
            SendException.class,
            () -> operations.lookUpRid(LookUpRidRequest.getDefaultInstance(), LONG));
    SendException reset =
        catchThrowableOfType(
            SendException.class,
            () -> operations.clearQuota(ClearQuotaRequest.getDefaultInstance(), LONG));

    assertThat(look.retryable()).isTrue();
    assertThat(reset.retryable()).isFalse();
    assertThat(reset.outcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
  }
}
