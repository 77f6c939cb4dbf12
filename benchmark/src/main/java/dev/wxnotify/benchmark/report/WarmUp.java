package dev.wxnotify.benchmark.report;

import java.util.List;

/**
 * What a process needed until its figures were steady. The window of rounds that shows it is not
 * counted, except in the excess, which covers all rounds. If a process did not become steady, these
 * are the figures of all its rounds.
 *
 * @param process its name
 * @param steady whether all its paths were steady in the end
 * @param turns how often each path ran before it was steady
 * @param messages on all its paths
 * @param seconds under load
 * @param cpuSeconds CPU time; for a new process, from its start
 * @param excessCpuSeconds CPU time of all rounds above the cost of as many messages in a steady
 *     process: the cost of being new, which does not depend on the round in which it was found
 *     steady
 * @param paths the rounds of each path, including those of the window
 */
public record WarmUp(
    String process,
    boolean steady,
    int turns,
    long messages,
    double seconds,
    double cpuSeconds,
    double excessCpuSeconds,
    List<Path> paths) {

  /**
   * One path of the process.
   *
   * @param name as in the tables
   * @param rounds at least one
   */
  public record Path(String name, List<Round> rounds) {
    private List<Round> before(int turn) {
      return rounds.subList(0, turn);
    }

    /** The later half of the window, which determines the cost. */
    private List<Round> last() {
      return rounds.subList(Math.max(0, rounds.size() - Steadiness.WINDOW / 2), rounds.size());
    }
  }

  /**
   * Adds up what a process needed.
   *
   * @param cpuAtBegin CPU seconds that it had used before, which do not count; 0 for a new process
   * @param paths all with the same number of rounds, which ran in turns in this order
   */
  public static WarmUp of(String process, double cpuAtBegin, List<Path> paths) {
    int all = paths.get(0).rounds.size();
    boolean steady = isReached(paths);
    int turns = steady ? all - Steadiness.WINDOW : all;
    long messages = 0;
    double seconds = 0;
    double expected = 0;
    for (Path path : paths) {
      messages += path.before(turns).stream().mapToLong(Round::messages).sum();
      seconds += path.before(turns).stream().mapToDouble(Round::seconds).sum();
      expected +=
          path.rounds.stream().mapToLong(Round::messages).sum()
              * Steadiness.median(path.last())
              / 1e6;
    }
    double end = paths.get(paths.size() - 1).rounds.get(all - 1).cpuAfter() - cpuAtBegin;
    double cpu = steady ? paths.get(0).rounds.get(turns).cpuBefore() - cpuAtBegin : end;
    return new WarmUp(process, steady, turns, messages, seconds, cpu, end - expected, paths);
  }

  /** Returns the last rounds of a path, which determine its cost. */
  public List<Round> last(String path) {
    return paths.stream().filter(each -> each.name.equals(path)).findFirst().orElseThrow().last();
  }

  /** Returns why the figures of the process must not be judged; empty if they may be. */
  public String doubt() {
    return steady ? "" : process + " was not steady after " + turns + " turns";
  }

  /** Returns whether all paths are steady. */
  public static boolean isReached(List<Path> paths) {
    return paths.stream().allMatch(path -> Steadiness.isReached(path.rounds));
  }
}
