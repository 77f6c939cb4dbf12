package dev.wxnotify.server.grpc;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;

/** Times in the form of the contract. */
final class Times {
  private Times() {}

  static Timestamp proto(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  /** Negative ones are over. */
  static com.google.protobuf.Duration proto(Duration duration) {
    Duration shown = duration.isNegative() ? Duration.ZERO : duration;
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(shown.getSeconds())
        .setNanos(shown.getNano())
        .build();
  }
}
