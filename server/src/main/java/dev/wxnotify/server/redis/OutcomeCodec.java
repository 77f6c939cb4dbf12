package dev.wxnotify.server.redis;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.message.Violation;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Outcomes as JSON. The names of the records' components are the stored form: a test pins them. */
final class OutcomeCodec {
  /** What a claim becomes whose owner never came back. */
  static final SendOutcome LOST =
      new SendOutcome.Unknown(
          Unknown.Reason.NO_ANSWER,
          "the replica that was sending this message ended before it stored the outcome");

  private static final Logger log = LoggerFactory.getLogger(OutcomeCodec.class);

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addMixIn(SendOutcome.class, Typed.class)
          .addMixIn(Unknown.class, StoredUnknown.class)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private OutcomeCodec() {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "outcome")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = SendOutcome.Accepted.class, name = "accepted"),
    @JsonSubTypes.Type(value = SendOutcome.Rejected.class, name = "rejected"),
    @JsonSubTypes.Type(value = SendOutcome.NotSent.class, name = "not_sent"),
    @JsonSubTypes.Type(value = SendOutcome.Unknown.class, name = "unknown")
  })
  private interface Typed {}

  /** What is stored calls the reason "doubt": replicas of all versions read it. */
  private interface StoredUnknown {
    @JsonProperty("doubt")
    Unknown.Reason reason();
  }

  static String encode(SendOutcome outcome) {
    try {
      return JSON.writeValueAsString(outcome);
    } catch (JsonProcessingException e) {
      throw new AssertionError("outcomes are plain values", e);
    }
  }

  /** Another version may have written what this one does not know: it was sent all the same. */
  static SendOutcome decode(String text) {
    try {
      SendOutcome outcome = JSON.readValue(text, SendOutcome.class);
      if (isWhole(outcome)) {
        return outcome;
      }
      log.warn("redis: an outcome in the ledger lacks fields that this version needs");
    } catch (JsonProcessingException e) {
      log.warn("redis: an outcome in the ledger cannot be read: {}", e.getOriginalMessage());
    }
    return new SendOutcome.Unknown(
        Unknown.Reason.NO_ANSWER,
        "the stored outcome cannot be read by this version of the server");
  }

  /** Jackson knows nothing of what may be null. */
  private static boolean isWhole(@Nullable SendOutcome outcome) {
    if (outcome instanceof SendOutcome.Accepted accepted) {
      return areThere(accepted.messageId());
    }
    if (outcome instanceof SendOutcome.Rejected rejected) {
      return areThere(rejected.reason(), rejected.violations())
          && rejected.violations().stream().allMatch(OutcomeCodec::isWhole)
          && isWhole(rejected.error());
    }
    if (outcome instanceof SendOutcome.NotSent notSent) {
      return areThere(notSent.reason(), notSent.explanation()) && isWhole(notSent.error());
    }
    return outcome instanceof SendOutcome.Unknown unknown
        && areThere(unknown.reason(), unknown.explanation());
  }

  private static boolean isWhole(@Nullable Violation violation) {
    return violation != null && areThere(violation.field(), violation.description());
  }

  private static boolean isWhole(@Nullable WeChatError error) {
    return error == null || areThere(error.errmsg(), error.rid());
  }

  private static boolean areThere(@Nullable Object... values) {
    return Stream.of(values).allMatch(Objects::nonNull);
  }
}
