package dev.wxnotify.server.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.BadRequest;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Objects;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts on the error of a call: its status and all its details. */
public final class StatusAssert extends AbstractAssert<StatusAssert, StatusRuntimeException> {

  private StatusAssert(StatusRuntimeException actual) {
    super(actual, StatusAssert.class);
  }

  /** Begins to assert on {@code error}. */
  public static StatusAssert assertThatStatus(StatusRuntimeException error) {
    return new StatusAssert(error);
  }

  /** Begins to assert on the error that {@code call} fails with. */
  public static StatusAssert assertThatCall(ThrowingCallable call) {
    StatusRuntimeException error = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(error).as("the error of the call").isNotNull();
    return new StatusAssert(error);
  }

  /** Checks code, reason and outcome, and that all parts of the error agree. */
  public StatusAssert isError(Status.Code code, ErrorReason reason, Outcome outcome) {
    conforms();
    assertThat(actual.getStatus().getCode()).as(actual.toString()).isEqualTo(code);
    assertThat(sendError().getReason()).as(actual.toString()).isEqualTo(reason);
    assertThat(sendError().getOutcome()).as(actual.toString()).isEqualTo(outcome);
    return this;
  }

  /** Checks that the error follows the rules of the contract, whatever it is. */
  public StatusAssert conforms() {
    Metadata trailers = Objects.requireNonNullElseGet(actual.getTrailers(), Metadata::new);
    assertThat(ErrorDetails.offencesOf(actual.getStatus(), trailers))
        .as(actual.toString())
        .isEmpty();
    return this;
  }

  /** Checks the fields that the error names, in order. */
  public StatusAssert namesFields(String... fields) {
    assertThat(ErrorDetails.of(actual).badRequest())
        .flatMap(BadRequest::getFieldViolationsList)
        .extracting(BadRequest.FieldViolation::getField)
        .containsExactly(fields);
    return this;
  }

  /** Checks that the error has a wait, and how long it is. */
  public StatusAssert retriesAfter(Duration pause) {
    assertThat(sendError().hasRetryAfter()).as("retry_after is set").isTrue();
    assertThat(sendError().getRetryAfter())
        .isEqualTo(
            com.google.protobuf.Duration.newBuilder()
                .setSeconds(pause.getSeconds())
                .setNanos(pause.getNano())
                .build());
    return this;
  }

  /** Checks that the error has no wait. */
  public StatusAssert namesNoRetry() {
    assertThat(sendError().hasRetryAfter()).as("retry_after is set").isFalse();
    return this;
  }

  /** Checks that the message contains {@code part}. */
  public StatusAssert says(String part) {
    assertThat(actual.getStatus().getDescription()).contains(part);
    return this;
  }

  /** Checks that {@code secret} is nowhere in the error. */
  public StatusAssert doesNotLeak(String secret) {
    assertThat(actual.toString() + actual.getTrailers() + sendError()).doesNotContain(secret);
    return this;
  }

  /** Returns the error in the contract's form. */
  public SendError sendError() {
    return ErrorDetails.of(actual).onlyError();
  }
}
