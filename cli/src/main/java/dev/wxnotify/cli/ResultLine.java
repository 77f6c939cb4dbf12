package dev.wxnotify.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wxnotify.client.BatchResult;
import dev.wxnotify.client.SendFailure;
import dev.wxnotify.v1.FieldViolation;
import dev.wxnotify.v1.Outcome;
import java.util.List;

/** One line of the result file. */
final class ResultLine {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ResultLine() {}

  /**
   * What a line says to a batch that goes on.
   *
   * @param isFinal whether there is nothing more to be done for the row
   */
  record Earlier(long row, String requestId, boolean isFinal, boolean accepted) {}

  static String of(Row.Item row, BatchResult result, boolean validateOnly) {
    ObjectNode json = start(row, row.request().getRequestId(), result.outcome());
    if (validateOnly) {
      json.put("validate_only", true);
    }
    if (!result.messageId().isEmpty()) {
      json.put("message_id", result.messageId());
    }
    if (result.isReplayed()) {
      json.put("replayed", true);
    }
    result.failure().ifPresent(failure -> add(json, failure));
    return json.toString();
  }

  private static void add(ObjectNode json, SendFailure failure) {
    json.put("reason", failure.reasonName())
        .put("code", failure.code().name())
        .put("message", failure.message())
        .put("retryable", failure.retryable());
    failure
        .retryAfter()
        .ifPresent(wait -> json.put("retry_after_seconds", wait.toMillis() / 1000.0));
    if (!failure.fieldViolations().isEmpty()) {
      ArrayNode violations = json.putArray("field_violations");
      for (FieldViolation violation : failure.fieldViolations()) {
        violations
            .addObject()
            .put("field", violation.getField())
            .put("description", violation.getDescription());
      }
    }
    failure.weChatErrcode().ifPresent(errcode -> json.put("wechat_errcode", errcode));
    if (!failure.weChatErrmsg().isEmpty()) {
      json.put("wechat_errmsg", failure.weChatErrmsg());
    }
    if (!failure.weChatRid().isEmpty()) {
      json.put("wechat_rid", failure.weChatRid());
    }
  }

  static String of(Row.Bad row) {
    ObjectNode json = start(row, "", Outcome.OUTCOME_REJECTED).put("bad_row", true);
    json.put("reason", "INVALID_REQUEST").put("retryable", false);
    ArrayNode violations = json.putArray("field_violations");
    for (Row.Problem problem : row.problems()) {
      violations.addObject().put("field", problem.place()).put("description", problem.what());
    }
    return json.toString();
  }

  private static ObjectNode start(Row row, String requestId, Outcome outcome) {
    return MAPPER
        .createObjectNode()
        .put("row", row.number())
        .put("line", row.line())
        .put("request_id", requestId)
        .put("outcome", outcome.name());
  }

  /** Whether a batch that goes on sends the row again. */
  static boolean isForAgain(BatchResult result) {
    return result.outcome() == Outcome.OUTCOME_NOT_SENT
        || result.failure().map(SendFailure::retryable).orElse(false);
  }

  /**
   * Reads a line.
   *
   * @throws UnusableInputException if it is none of ours
   */
  static Earlier read(String line) throws UnusableInputException {
    JsonNode json;
    try {
      json = MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new UnusableInputException("is not JSON: " + e.getOriginalMessage());
    }
    if (!json.path("row").isIntegralNumber() || !json.path("outcome").isTextual()) {
      throw new UnusableInputException("is not a result: it has no row or no outcome");
    }
    String outcome = json.get("outcome").asText();
    boolean again =
        json.path("bad_row").asBoolean() // It may have been corrected.
            || json.path("validate_only").asBoolean()
            || json.path("retryable").asBoolean()
            || !List.of("OUTCOME_ACCEPTED", "OUTCOME_REJECTED", "OUTCOME_UNKNOWN")
                .contains(outcome);
    return new Earlier(
        json.get("row").asLong(),
        json.path("request_id").asText(),
        !again,
        outcome.equals("OUTCOME_ACCEPTED"));
  }
}
