package dev.wxnotify.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How the sandbox pushes events to the URLs of its apps.
 *
 * @param targets where the pushes of each app go; an app without one gets none
 * @param delay from the event to its push
 * @param jitter at most this is added to the delay, at random
 * @param automaticReceipts true to push a receipt for every accepted message; false for those that
 *     the control call asks for
 * @param failure what a receipt of a failed message says
 * @param repeats when a push is made again
 * @param style the form of pushes
 * @param faults the faults of pushes at the start
 */
public record PushRules(
    Map<String, PushTarget> targets,
    Duration delay,
    Duration jitter,
    boolean automaticReceipts,
    PushFailure failure,
    PushRepeats repeats,
    PushStyle style,
    List<PushFault> faults) {

  /** No app has a URL. */
  public static final PushRules NONE =
      new PushRules(
          Map.of(),
          Duration.ZERO,
          Duration.ZERO,
          true,
          PushFailure.INVENTED,
          PushRepeats.WECHAT,
          PushStyle.OBSERVED,
          List.of());

  /** Makes immutable copies. */
  public PushRules {
    if (delay.isNegative() || jitter.isNegative()) {
      throw new IllegalArgumentException(
          "delay: " + delay + ", jitter: " + jitter + " (expected: not negative)");
    }
    targets = Map.copyOf(targets);
    faults = List.copyOf(faults);
  }

  /** One app has a URL. */
  public static PushRules to(String appId, PushTarget target) {
    return NONE.with(Map.of(appId, target));
  }

  /** The same with other targets. */
  public PushRules with(Map<String, PushTarget> targets) {
    return new PushRules(
        targets, delay, jitter, automaticReceipts, failure, repeats, style, faults);
  }

  /** The same with other times. */
  public PushRules times(Duration delay, Duration jitter) {
    return new PushRules(
        targets, delay, jitter, automaticReceipts, failure, repeats, style, faults);
  }

  /** The same, where only the control call makes receipts. */
  public PushRules manualReceipts() {
    return new PushRules(targets, delay, jitter, false, failure, repeats, style, faults);
  }

  /** The same with another failure. */
  public PushRules with(PushFailure failure) {
    return new PushRules(
        targets, delay, jitter, automaticReceipts, failure, repeats, style, faults);
  }

  /** The same with other repeats. */
  public PushRules with(PushRepeats repeats) {
    return new PushRules(
        targets, delay, jitter, automaticReceipts, failure, repeats, style, faults);
  }

  /** The same in another form. */
  public PushRules with(PushStyle style) {
    return new PushRules(
        targets, delay, jitter, automaticReceipts, failure, repeats, style, faults);
  }

  /** The same with faults. */
  public PushRules with(List<PushFault> faults) {
    return new PushRules(
        targets, delay, jitter, automaticReceipts, failure, repeats, style, faults);
  }
}
