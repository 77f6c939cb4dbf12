package dev.wxnotify.sandbox;

import dev.wxnotify.sandbox.InboxEvent.FaultsChanged;
import dev.wxnotify.sandbox.InboxEvent.FaultsChanged.Change;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The active faults, checked once per request. */
final class FaultBook {

  private final InboxLog log;
  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  FaultBook(InboxLog log) {
    this.log = log;
  }

  void add(Fault fault) {
    entries.add(new Entry(fault));
    changed(Change.ADDED, fault);
  }

  /** Ends the oldest fault that is written like this, if there is one. */
  void remove(String written) {
    for (Entry entry : entries) {
      if (entry.isAlive() && entry.fault.toString().equals(written)) {
        entries.remove(entry);
        changed(Change.REMOVED, entry.fault);
        return;
      }
    }
  }

  void clear() {
    entries.clear();
    log.add((number, time) -> new FaultsChanged(number, time, Change.CLEARED, "", "", false));
  }

  /** The faults that may still strike. */
  List<Fault> list() {
    return entries.stream().filter(Entry::isAlive).map(Entry::fault).toList();
  }

  /** Latencies add up; of the other faults, the oldest that strikes counts. */
  Trouble next(SandboxEndpoint endpoint) {
    if (entries.isEmpty()) {
      return Trouble.NONE;
    }
    Trouble trouble = Trouble.NONE;
    for (Entry entry : entries) {
      Effect effect = entry.fault.effect();
      boolean latency = effect.kind() == EffectKind.LATENCY;
      if (!effect.kind().strikesWholeRequests()
          || !entry.fault.concerns(endpoint)
          || (!latency && trouble.effect() != null)) {
        continue;
      }
      if (entry.strikesNow()) {
        trouble =
            latency
                ? trouble.plus(Duration.ofMillis(effect.argument()))
                : new Trouble(trouble.delay(), effect);
      }
    }
    return trouble;
  }

  /** True to answer a request to {@code endpoint} as soon as its headers are read. */
  boolean strikesHeaders(SandboxEndpoint endpoint) {
    return entries.stream()
        .filter(entry -> entry.fault.effect().kind() == EffectKind.EARLY_ANSWER)
        .filter(entry -> entry.fault.concerns(endpoint))
        .anyMatch(Entry::strikesNow);
  }

  /** True to write an answer to a new connection before any request. */
  boolean strikesConnection() {
    return entries.stream()
        .filter(entry -> entry.fault.effect().kind() == EffectKind.UNSOLICITED)
        .anyMatch(Entry::strikesNow);
  }

  private void changed(Change change, Fault fault) {
    log.add(
        (number, time) ->
            new FaultsChanged(
                number, time, change, fault.effect().toString(), fault.endpointLabel(), false));
  }

  private record Entry(Fault fault, Strikes strikes) {

    Entry(Fault fault) {
      this(fault, new Strikes(fault.count(), fault.every(), fault.probability(), fault.seed()));
    }

    boolean isAlive() {
      return strikes.isAlive();
    }

    boolean strikesNow() {
      return strikes.next();
    }
  }
}
