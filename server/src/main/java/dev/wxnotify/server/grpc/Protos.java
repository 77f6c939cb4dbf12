package dev.wxnotify.server.grpc;

import com.google.protobuf.Timestamp;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;

/** Small things that several services write into their answers. */
final class Protos {
  private Protos() {}

  static Timestamp of(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  /** Negative ones are over. */
  static com.google.protobuf.Duration of(Duration duration) {
    Duration shown = duration.isNegative() ? Duration.ZERO : duration;
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(shown.getSeconds())
        .setNanos(shown.getNano())
        .build();
  }

  static <R> void answer(R response, StreamObserver<R> responses) {
    responses.onNext(response);
    responses.onCompleted();
  }
}
