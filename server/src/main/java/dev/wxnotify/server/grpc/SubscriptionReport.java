package dev.wxnotify.server.grpc;

import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.NewEvent;
import dev.wxnotify.v1.ReportSubscriptionsRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a caller reports of one dialog.
 *
 * @param openId the user
 * @param reportId the caller's id of the report
 * @param answers the answers, by template
 * @param occurredAt when the user answered, in whole seconds; not after {@code receivedAt}
 * @param receivedAt when the report came
 */
record SubscriptionReport(
    String openId,
    String reportId,
    Map<String, String> answers,
    Instant occurredAt,
    Instant receivedAt) {
  private static final int MOST_TEMPLATES = 20;
  private static final int MAX_ANSWER = 64;

  /** The key that {@code wx.requestSubscribeMessage} adds to the answers. */
  private static final String MESSAGE = "errMsg";

  /** How far a caller's clock may be ahead. */
  private static final Duration AHEAD = Duration.ofMinutes(1);

  /**
   * Reads a report. Everything that is wrong is added to {@code check}; then the report must not be
   * used.
   */
  static SubscriptionReport of(
      ReportSubscriptionsRequest request, Instant now, RequestCheck check) {
    check.required("open_id", request.getOpenId(), RequestCheck.MAX_ID);
    Map<String, String> answers = new TreeMap<>(request.getResultsMap());
    answers.remove(MESSAGE);
    if (answers.isEmpty()) {
      check.add("results", "is required");
    } else if (answers.size() > MOST_TEMPLATES) {
      check.add("results", "has " + answers.size() + " templates (at most " + MOST_TEMPLATES + ")");
    } else {
      answers.forEach((template, answer) -> checkAnswer(template, answer, check));
    }
    if (request.getReportId().isEmpty()) {
      check.add("report_id", "is required");
    }
    check.own("report_id", request.getReportId());
    return new SubscriptionReport(
        request.getOpenId(), request.getReportId(), answers, occurredAt(request, now, check), now);
  }

  private static void checkAnswer(String template, String answer, RequestCheck check) {
    if (template.length() > RequestCheck.MAX_ID) {
      check.add(
          "results",
          "has a template id of "
              + template.length()
              + " characters (at most "
              + RequestCheck.MAX_ID
              + ")");
      return;
    }
    if (template.isEmpty()) {
      check.add("results", "has an empty template id");
    } else if (!RequestCheck.isVisible(template)) {
      check.add("results", "has a template id with white space or control characters");
    } else {
      check.required("results[\"" + template + "\"]", answer, MAX_ANSWER);
    }
  }

  private static Instant occurredAt(
      ReportSubscriptionsRequest request, Instant now, RequestCheck check) {
    Instant at = request.hasOccurredAt() ? check.time("occurred_at", request.getOccurredAt()) : now;
    if (at == null) {
      return now; // Not used.
    }
    if (at.isAfter(now.plus(AHEAD))) {
      check.add("occurred_at", "is more than a minute in the future");
    }
    // An answer of the future would outlast what happens until then.
    return (at.isAfter(now) ? now : at).truncatedTo(ChronoUnit.SECONDS);
  }

  /** Returns an event for each answer. */
  List<NewEvent> events(String appId) {
    return answers.entrySet().stream()
        .map(each -> event(appId, each.getKey(), each.getValue()))
        .toList();
  }

  private NewEvent event(String appId, String templateId, String answer) {
    return new NewEvent(
        key(appId, templateId),
        new Event(
            appId,
            openId,
            templateId,
            occurredAt,
            receivedAt,
            new Event.SubscriptionChange(
                Event.Answer.of(answer), answer, Event.Source.REPORTED, "")));
  }

  /** Hashed, since the ids together may be longer than a key. */
  private String key(String appId, String templateId) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      for (String part : List.of(appId, openId, reportId, templateId)) {
        hash.update(part.getBytes(StandardCharsets.UTF_8));
        hash.update((byte) 0); // No part has one.
      }
      return "report:" + HexFormat.of().formatHex(hash.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
