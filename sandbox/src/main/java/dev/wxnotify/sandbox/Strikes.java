package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.SplittableRandom;

/** Counts how often a fault could strike and did, and says whether it strikes now. */
final class Strikes {

  private final int count;
  private final int every;
  private final double probability;

  @GuardedBy("this")
  private final SplittableRandom random;

  @GuardedBy("this")
  private long seen;

  @GuardedBy("this")
  private long struck;

  /**
   * @param count after how many times it ends; 0 for never
   * @param every it strikes every n-th time
   * @param probability the chance that it does
   * @param seed makes the chance repeatable
   */
  Strikes(int count, int every, double probability, long seed) {
    this.count = count;
    this.every = every;
    this.probability = probability;
    this.random = new SplittableRandom(seed);
  }

  synchronized boolean isAlive() {
    return count == 0 || struck < count;
  }

  synchronized boolean next() {
    if (!isAlive()) {
      return false;
    }
    seen++;
    boolean strikes = seen % every == 0 && (probability == 1 || random.nextDouble() < probability);
    if (strikes) {
      struck++;
    }
    return strikes;
  }
}
