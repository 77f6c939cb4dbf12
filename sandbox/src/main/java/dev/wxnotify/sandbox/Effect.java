package dev.wxnotify.sandbox;

import java.time.Duration;

/**
 * One thing that goes wrong. It is written {@code kind} or {@code kind=argument}, for example
 * {@code reset-after} or {@code errcode=45009}.
 *
 * @param kind what goes wrong
 * @param argument the milliseconds, error code or HTTP status; 0 for the kinds that take none
 */
public record Effect(EffectKind kind, int argument) {

  /** Rejects an argument that the kind does not take. */
  public Effect {
    if (!kind.accepts(argument)) {
      throw new IllegalArgumentException(
          "what: " + kind.label() + "=" + argument + " (expected: " + kind.expected() + ")");
    }
  }

  /** An effect that takes no argument. */
  public static Effect of(EffectKind kind) {
    return new Effect(kind, 0);
  }

  /** The answer is an error of WeChat; the request is not processed. */
  public static Effect errcode(int errcode) {
    return new Effect(EffectKind.ERRCODE, errcode);
  }

  /** The answer is late; the request is processed immediately. */
  public static Effect latency(Duration latency) {
    return new Effect(EffectKind.LATENCY, Math.toIntExact(latency.toMillis()));
  }

  /** The answer is an HTML page with this status; the request is not processed. */
  public static Effect http(int status) {
    return new Effect(EffectKind.HTTP, status);
  }

  /** Reads the written form. */
  public static Effect parse(String text) {
    int equals = text.indexOf('=');
    String label = equals < 0 ? text : text.substring(0, equals);
    EffectKind kind =
        EffectKind.byLabel(label)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "what: " + label + " (expected: one of " + EffectKind.labels() + ")"));
    if (equals < 0) {
      return new Effect(kind, 0);
    }
    String argument = text.substring(equals + 1);
    try {
      return new Effect(kind, Integer.parseInt(argument));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "what: " + kind.label() + "=" + argument + " (expected: " + kind.expected() + ")", e);
    }
  }

  /**
   * The HTTP status of an answer that is not WeChat's; 0 if WeChat answers or there is no answer.
   */
  int foreignStatus() {
    return switch (kind) {
      case HTTP -> argument;
      case REDIRECT -> 302;
      case PROXY_407 -> 407;
      default -> 0;
    };
  }

  @Override
  public String toString() {
    return kind.takesArgument() ? kind.label() + "=" + argument : kind.label();
  }
}
