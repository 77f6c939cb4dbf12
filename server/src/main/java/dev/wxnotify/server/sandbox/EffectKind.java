package dev.wxnotify.server.sandbox;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The kinds of things that go wrong. Some strike before WeChat has taken the request, so that a
 * repeat is safe; the others strike after it, so that a repeat may reach the user twice.
 */
public enum EffectKind {
  /** An error of WeChat. */
  ERRCODE("errcode", "<errcode>", false, "WeChat's answer with that errcode"),
  /** A late answer. */
  LATENCY("latency", "slow-<ms>", true, "the normal answer, that many milliseconds late"),
  /** An error of a gateway. */
  HTTP("http", "html-<status>", false, "an HTML page with that HTTP status"),
  /** Nothing in the answer. */
  EMPTY_BODY("empty-body", "empty-body", true, "HTTP 200 with an empty body"),
  /** The JSON is cut, HTTP is in order. */
  TRUNCATED("truncated", "truncated", true, "HTTP 200 with the first half of the JSON"),
  /** No JSON. */
  MALFORMED_JSON("malformed-json", "malformed-json", true, "HTTP 200 with something like JSON"),
  /** The request was never processed. */
  RESET_BEFORE("reset-before", "reset-before", false, "the connection is reset, nothing is done"),
  /** The request was processed, the answer is lost. */
  RESET_AFTER(
      "reset-after", "reset-after", true, "the request is processed, then the connection is reset"),
  /** The request was processed, the caller waits for ever. */
  NO_ANSWER(
      "no-answer", "no-answer", true, "the request is processed, the connection stays silent"),
  /** The answer ends in the middle. */
  HALF_ANSWER(
      "half-answer",
      "half-answer",
      true,
      "half of the promised bytes, then the connection is reset"),
  /** A right answer with a label that is not. */
  WRONG_CONTENT_TYPE(
      "wrong-content-type",
      "wrong-content-type",
      true,
      "the normal answer, labelled text/html; charset=gbk"),
  /** Far more than anyone asked for. */
  OVERSIZED_BODY(
      "oversized-body", "oversized-body", true, "the normal answer plus 8 MiB of padding"),
  /** An answer that says neither yes nor no. */
  NO_ERRCODE("no-errcode", "no-errcode", true, "the normal answer without errcode and errmsg"),
  /** The answer in the dress of cloud functions. */
  ERRCODE_TEXT(
      "errcode-text", "errcode-text", true, "the normal answer with errCode as text and errMsg");

  private final String label;
  private final String openIdForm;
  private final boolean processed;
  private final String meaning;

  EffectKind(String label, String openIdForm, boolean processed, String meaning) {
    this.label = label;
    this.openIdForm = openIdForm;
    this.processed = processed;
    this.meaning = meaning;
  }

  /** The name in flags and in control calls. */
  public String label() {
    return label;
  }

  /** True if the request is processed before the effect strikes. */
  public boolean processed() {
    return processed;
  }

  /** What the caller sees, in a few words. */
  public String meaning() {
    return meaning;
  }

  /** How an open id asks for the effect, without the leading {@code sandbox-}. */
  String openIdForm() {
    return openIdForm;
  }

  boolean takesArgument() {
    return this == ERRCODE || this == LATENCY || this == HTTP;
  }

  boolean accepts(int argument) {
    return switch (this) {
      case ERRCODE -> argument != 0;
      case LATENCY -> argument > 0;
      case HTTP -> argument >= 200 && argument <= 599;
      default -> argument == 0;
    };
  }

  String expected() {
    return switch (this) {
      case ERRCODE -> "errcode=N, N not 0";
      case LATENCY -> "latency=MS, above 0";
      case HTTP -> "http=STATUS, 200 to 599";
      default -> label + ", without a value";
    };
  }

  static Optional<EffectKind> byLabel(String label) {
    return Arrays.stream(values()).filter(k -> k.label.equals(label)).findFirst();
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(EffectKind::label).toList();
  }
}
