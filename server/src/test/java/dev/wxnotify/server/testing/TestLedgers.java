package dev.wxnotify.server.testing;

import dev.wxnotify.server.delivery.InMemoryOutcomeLedger;
import java.util.function.LongSupplier;
import org.slf4j.event.Level;

/** Ledgers as a server without Redis has them. */
public final class TestLedgers {
  private TestLedgers() {}

  /** Creates a ledger that warns of what it forgets. */
  public static InMemoryOutcomeLedger inMemory(long maxEntries, LongSupplier nanoClock) {
    return new InMemoryOutcomeLedger(maxEntries, nanoClock, Level.WARN);
  }
}
