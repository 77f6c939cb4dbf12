package dev.wxnotify.benchmark.load;

import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceStub;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;

/** Makes one unary call for each message, with a deadline, as callers should. */
final class UnarySender implements Sender {
  private static final int DEADLINE_SECONDS = 10;

  private final NotificationServiceStub[] stubs;

  UnarySender(NotificationServiceStub[] stubs) {
    this.stubs = stubs;
  }

  @Override
  public void send(long index, Answered answered) {
    stubs[(int) (index % stubs.length)]
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
        .sendSubscribeMessage(
            SendSubscribeMessageRequest.newBuilder().setMessage(Messages.proto(index)).build(),
            new StreamObserver<SendSubscribeMessageResponse>() {
              @Override
              public void onNext(SendSubscribeMessageResponse response) {
                // The status follows and decides.
              }

              @Override
              public void onError(Throwable fault) {
                answered.answered(String.valueOf(fault.getMessage()));
              }

              @Override
              public void onCompleted() {
                answered.answered("");
              }
            });
  }
}
