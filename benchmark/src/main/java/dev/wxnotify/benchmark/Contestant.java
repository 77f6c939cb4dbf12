package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.process.WorkerProcess;

/**
 * A path to be measured.
 *
 * @param path its name in the tables
 * @param pid the process whose cost counts
 * @param generator makes the load; it may be the measured process itself
 * @param load what to carry
 */
record Contestant(String path, long pid, WorkerProcess generator, Load load) {

  /** Returns the same path under another load. */
  Contestant with(String otherPath, Load otherLoad) {
    return new Contestant(otherPath, pid, generator, otherLoad);
  }
}
