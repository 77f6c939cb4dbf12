package dev.wxnotify.server.push;

import dev.wxnotify.server.journal.PushListener.Result;

/**
 * A push is not accepted. It is daily business on an open port, and builds no stack trace.
 *
 * <p>{@code field} and {@code rule} are for callers that pass pushes on by gRPC; over HTTP the
 * answer is a status and no more.
 */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final Result result;
  private final String field;
  private final String rule;

  Refusal(Result result, String field, String rule) {
    super(field + ": " + rule, null, false, false);
    this.result = result;
    this.field = field;
    this.rule = rule;
  }

  static Refusal malformedBody(String rule) {
    return new Refusal(Result.MALFORMED, "body", rule);
  }

  Result result() {
    return result;
  }

  String field() {
    return field;
  }

  String rule() {
    return rule;
  }
}
