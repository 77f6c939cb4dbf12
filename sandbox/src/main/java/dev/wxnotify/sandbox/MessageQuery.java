package dev.wxnotify.sandbox;

import dev.wxnotify.sandbox.FlagTypes.DurationFlag;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/**
 * What a control call about messages asks for.
 *
 * @param before only those with a smaller number; 0 for all
 * @param limit how many at most, the newest
 * @param patience how long to wait for {@code count} of them; null to answer at once
 */
record MessageQuery(
    InboxFilter filter, long before, int limit, @Nullable Duration patience, int count) {

  static final Duration LONGEST = Duration.ofSeconds(60);

  /**
   * Reads the parameters of a call.
   *
   * @param accepted true for accepted messages, null for all sends
   * @param kept how many are kept
   */
  static MessageQuery of(Call call, @Nullable Boolean accepted, int kept) throws ControlError {
    Mistakes mistakes = new Mistakes();
    Integer errcode =
        mistakes.<@Nullable Integer>or(
            null,
            () ->
                call.has("errcode")
                    ? (int)
                        Math.min(number(call, "errcode", Integer.MIN_VALUE, 0), Integer.MAX_VALUE)
                    : null);
    ReceiptState receipt = mistakes.<@Nullable ReceiptState>or(null, () -> receipt(call));
    long after = mistakes.or(0L, () -> number(call, "after", 0, 0));
    long before = mistakes.or(0L, () -> number(call, "before", 1, 0));
    int limit = mistakes.or(0, () -> ControlViews.limit(call));
    Duration wait = mistakes.<@Nullable Duration>or(null, () -> wait(call));
    int count = mistakes.or(1, () -> count(call, kept));
    mistakes.check();
    InboxFilter filter =
        new InboxFilter(
            text(call, "app_id"),
            text(call, "open_id_part"),
            text(call, "open_id"),
            text(call, "template_id"),
            errcode,
            text(call, "text"),
            receipt,
            accepted,
            after);
    return new MessageQuery(filter, before, limit, wait, count);
  }

  boolean matches(ReceivedSend send) {
    return before == 0 || send.number() < before;
  }

  private static String text(Call call, String name) {
    String text = call.parameter(name);
    return text == null ? "" : text;
  }

  private static long number(Call call, String name, long least, long otherwise)
      throws ControlError {
    String text = call.parameter(name);
    if (text == null || text.isEmpty()) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same error.
    }
    String rule = least == Integer.MIN_VALUE ? "a number" : "a number >= " + least;
    throw ControlError.badField(name, name + ": " + text + " (expected: " + rule + ")");
  }

  private static @Nullable ReceiptState receipt(Call call) throws ControlError {
    if (!call.has("receipt")) {
      return null;
    }
    String text = text(call, "receipt");
    return Arrays.stream(ReceiptState.values())
        .filter(state -> state.label().equals(text.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                ControlError.badField(
                    "receipt",
                    "receipt: "
                        + text
                        + " (expected: one of "
                        + Arrays.stream(ReceiptState.values()).map(ReceiptState::label).toList()
                        + ")"));
  }

  private static @Nullable Duration wait(Call call) throws ControlError {
    String text = call.parameter("wait");
    if (text == null) {
      return null;
    }
    try {
      Duration wait = new DurationFlag().convert(text);
      if (wait.compareTo(LONGEST) <= 0) {
        return wait;
      }
    } catch (TypeConversionException e) {
      // Falls through to the same error.
    }
    throw ControlError.badField(
        "wait", "wait: " + text + " (expected: like 500ms, 5s or 1m, at most 60s)");
  }

  private static int count(Call call, int kept) throws ControlError {
    String text = call.parameter("count");
    if (text == null) {
      return 1;
    }
    if (call.parameter("wait") == null) {
      throw ControlError.badField("count", "count: " + text + " (expected: only with wait)");
    }
    try {
      int count = Integer.parseInt(text);
      if (count >= 1 && count <= kept) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same error.
    }
    throw ControlError.badField(
        "count", "count: " + text + " (expected: 1 to " + kept + ", as many as the sandbox keeps)");
  }
}
