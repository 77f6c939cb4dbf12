package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.report.Section;

/** One question that the benchmark answers. */
@FunctionalInterface
interface Scenario {
  /** Runs it, with its own processes. */
  Section run(Lab lab) throws Exception;
}
