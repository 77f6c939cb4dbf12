package dev.wxnotify.benchmark;

/** How thorough a run is. */
enum Mode {
  /** A few seconds: shows that everything works, and measures nothing. */
  SMOKE(1, 1, 1, 0.2, 0.2, 2_000, 2),
  /** Less than a quarter of an hour. */
  QUICK(3, 2, 20, 1.5, 1.5, 200_000, 4),
  /** About forty minutes. */
  FULL(7, 3, 40, 1.5, 2, 1_000_000, 8);

  /** How often each path is measured where CPU or latency matters; the paths take turns. */
  final int rounds;

  /** How often each path is measured elsewhere. */
  final int fewRounds;

  /** The maximum number of warm-up turns of each path, if it is not steady earlier. */
  final int mostWarmUpTurns;

  /** How long one warm-up turn lasts. */
  final double warmUpSeconds;

  /** How long one round of one path lasts. */
  final double seconds;

  /** The number of items in the longest stream. */
  final long longestStream;

  /** How many starts are timed. */
  final int starts;

  Mode(
      int rounds,
      int fewRounds,
      int mostWarmUpTurns,
      double warmUpSeconds,
      double seconds,
      long longestStream,
      int starts) {
    this.rounds = rounds;
    this.fewRounds = fewRounds;
    this.mostWarmUpTurns = mostWarmUpTurns;
    this.warmUpSeconds = warmUpSeconds;
    this.seconds = seconds;
    this.longestStream = longestStream;
    this.starts = starts;
  }
}
