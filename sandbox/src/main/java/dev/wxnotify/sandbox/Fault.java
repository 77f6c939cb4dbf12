package dev.wxnotify.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * An effect at an endpoint, and how often it strikes.
 *
 * @param endpoint where; null for all endpoints of WeChat
 * @param effect what goes wrong
 * @param count after how many times it ends; 0 for never
 * @param every it strikes every n-th request; 1 for all
 * @param probability the chance that it strikes a request, above 0 and at most 1
 * @param seed makes the chance repeatable
 */
public record Fault(
    @Nullable SandboxEndpoint endpoint,
    Effect effect,
    int count,
    int every,
    double probability,
    long seed) {

  /** Rejects values outside the ranges, and effects that the endpoint cannot have. */
  public Fault {
    if (count < 0) {
      throw new IllegalArgumentException("count: " + count + " (expected: >= 0)");
    }
    if (every < 1) {
      throw new IllegalArgumentException("every: " + every + " (expected: >= 1)");
    }
    if (!(probability > 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "probability: " + probability + " (expected: above 0, at most 1)");
    }
    if (!effect.kind().isPossibleAt(endpoint)) {
      throw new IllegalArgumentException(
          "endpoint: %s (expected: %s for %s)"
              .formatted(label(endpoint), effect.kind().possibleEndpoints(), effect));
    }
  }

  /** A fault that strikes every request to {@code endpoint} until it is cleared. */
  public static Fault on(SandboxEndpoint endpoint, Effect effect) {
    return new Fault(endpoint, effect, 0, 1, 1, 0);
  }

  /** A fault that strikes every request to WeChat until it is cleared. */
  public static Fault onAny(Effect effect) {
    return new Fault(null, effect, 0, 1, 1, 0);
  }

  /** The same, ending after {@code count} times. */
  public Fault times(int count) {
    return new Fault(endpoint, effect, count, every, probability, seed);
  }

  /** The same, at every {@code n}-th request only. */
  public Fault everyNth(int n) {
    return new Fault(endpoint, effect, count, n, probability, seed);
  }

  /** The same, at random. */
  public Fault withProbability(double probability, long seed) {
    return new Fault(endpoint, effect, count, every, probability, seed);
  }

  /**
   * Reads {@code endpoint:what[:often]}, where often is a count ({@code 3}), a share ({@code 10%})
   * or a period ({@code 1/20}); without it the fault always strikes.
   */
  public static Fault parse(String text) {
    return FaultText.parse(text);
  }

  boolean concerns(SandboxEndpoint other) {
    return (endpoint == null || endpoint == other) && effect.kind().concerns(other);
  }

  /** The name of the endpoint, or {@code any}. */
  public String endpointLabel() {
    return label(endpoint);
  }

  private static String label(@Nullable SandboxEndpoint endpoint) {
    return endpoint == null ? FaultText.ANY : endpoint.label();
  }
}
