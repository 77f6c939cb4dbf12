package dev.wxnotify.benchmark;

/** How thorough a run is. */
enum Mode {
  /** Some seconds: shows that everything works, and measures nothing. */
  SMOKE(1, 1, 1, 0.2, 0.2, 2_000, 2),
  /** Some minutes. */
  QUICK(3, 2, 2, 2, 2, 200_000, 4),
  /** Less than half an hour. */
  FULL(5, 3, 5, 2.5, 2.5, 1_000_000, 8);

  /** How often each path is measured where CPU or latency is in question; the paths take turns. */
  final int rounds;

  /** How often elsewhere. */
  final int fewRounds;

  /** How often each path runs before it is measured, so that the JIT compiler is done. */
  final int warmUpTurns;

  /** How long each time. */
  final double warmUpSeconds;

  /** How long one round of one path lasts. */
  final double seconds;

  /** Items of the longest stream. */
  final long longestStream;

  /** How often a start is timed. */
  final int starts;

  Mode(
      int rounds,
      int fewRounds,
      int warmUpTurns,
      double warmUpSeconds,
      double seconds,
      long longestStream,
      int starts) {
    this.rounds = rounds;
    this.fewRounds = fewRounds;
    this.warmUpTurns = warmUpTurns;
    this.warmUpSeconds = warmUpSeconds;
    this.seconds = seconds;
    this.longestStream = longestStream;
    this.starts = starts;
  }
}
