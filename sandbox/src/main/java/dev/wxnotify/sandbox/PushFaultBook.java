package dev.wxnotify.sandbox;

import dev.wxnotify.sandbox.InboxEvent.FaultsChanged;
import dev.wxnotify.sandbox.InboxEvent.FaultsChanged.Change;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The active faults of pushes, checked once per push. */
final class PushFaultBook {

  /** The faults are checked for every push, so there must not be too many. */
  static final int MOST = 100;

  private static final String OPEN_ID_PREFIX = "sandbox-push-";

  private record Entry(PushFault fault, Strikes strikes) {}

  private final InboxLog log;
  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  PushFaultBook(InboxLog log) {
    this.log = log;
  }

  /** False if there are too many. */
  synchronized boolean add(PushFault fault) {
    entries.removeIf(entry -> !entry.strikes().isAlive());
    if (entries.size() >= MOST) {
      return false;
    }
    entries.add(
        new Entry(fault, new Strikes(fault.count(), fault.every(), fault.probability(), 0)));
    changed(Change.ADDED, fault);
    return true;
  }

  /** Ends the oldest fault that is written like this, if there is one. */
  synchronized void remove(String written) {
    for (Entry entry : entries) {
      if (entry.strikes().isAlive() && entry.fault().toString().equals(written)) {
        entries.remove(entry);
        changed(Change.REMOVED, entry.fault());
        return;
      }
    }
  }

  void clear() {
    entries.clear();
    log.add((number, time) -> new FaultsChanged(number, time, Change.CLEARED, "", "", true));
  }

  /** The faults that may still strike. */
  List<PushFault> list() {
    return entries.stream().filter(e -> e.strikes().isAlive()).map(Entry::fault).toList();
  }

  /**
   * All that befalls a push, with the milliseconds of {@link PushFaultKind#LATE}: the faults that
   * strike, and what the open id asks for.
   */
  Map<PushFaultKind, Integer> next(PushEventKind event, String openId) {
    if (entries.isEmpty() && !openId.startsWith(OPEN_ID_PREFIX)) {
      return Map.of();
    }
    Map<PushFaultKind, Integer> all = new EnumMap<>(PushFaultKind.class);
    for (Entry entry : entries) {
      if (entry.fault().concerns(event) && entry.strikes().next()) {
        all.merge(entry.fault().kind(), entry.fault().millis(), Integer::sum);
      }
    }
    if (openId.startsWith(OPEN_ID_PREFIX)) {
      byOpenId(openId.substring(OPEN_ID_PREFIX.length()), all);
    }
    return Map.copyOf(all);
  }

  /** The open ids of the table, without what may follow. */
  static String openId(PushFaultKind kind) {
    return OPEN_ID_PREFIX + kind.label() + (kind.takesArgument() ? "-<ms>" : "");
  }

  private void changed(Change change, PushFault fault) {
    log.add(
        (number, time) ->
            new FaultsChanged(number, time, change, fault.what(), fault.eventLabel(), true));
  }

  private static void byOpenId(String name, Map<PushFaultKind, Integer> all) {
    for (PushFaultKind kind : PushFaultKind.values()) {
      String label = kind.label();
      if (kind.takesArgument()) {
        if (name.matches(label + "-[0-9]{1,7}(-.*)?")) {
          all.put(kind, Math.max(1, Integer.parseInt(name.split("-", 3)[1])));
        }
      } else if (name.equals(label) || name.startsWith(label + "-")) {
        all.put(kind, 0);
      }
    }
  }
}
