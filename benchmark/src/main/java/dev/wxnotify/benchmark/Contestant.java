package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.process.ChildProcess;
import dev.wxnotify.benchmark.process.WorkerProcess;

/**
 * A path to be measured.
 *
 * @param path its name in the tables
 * @param process the process whose cost counts
 * @param generator generates the load; it may be the measured process itself
 * @param load the load to carry
 */
record Contestant(String path, ChildProcess process, WorkerProcess generator, Load load) {

  /** Returns the same path under another load. */
  Contestant with(String otherPath, Load otherLoad) {
    return new Contestant(otherPath, process, generator, otherLoad);
  }

  long pid() {
    return process.pid();
  }
}
