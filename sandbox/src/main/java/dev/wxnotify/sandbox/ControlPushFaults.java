package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The control calls about the faults of pushes. */
final class ControlPushFaults {

  private static final Set<String> FIELDS =
      Set.of("event", "what", "count", "every", "probability");

  /** Stands for one that is wrong. */
  private static final PushFault ANY_FAULT = PushFault.of(PushFaultKind.LOST);

  private final PushFaultBook faults;

  ControlPushFaults(PushFaultBook faults) {
    this.faults = faults;
  }

  ObjectNode list() {
    ObjectNode json = Json.object();
    ArrayNode list = json.putArray("faults");
    for (PushFault fault : faults.list()) {
      list.addObject()
          .put("event", fault.eventLabel())
          .put("what", fault.what())
          .put("count", fault.count())
          .put("every", fault.every())
          .put("probability", fault.probability());
    }
    return json;
  }

  ObjectNode kinds() {
    ObjectNode json = Json.object();
    ArrayNode list = json.putArray("kinds");
    for (PushFaultKind kind : PushFaultKind.values()) {
      list.addObject().put("what", kind.label()).put("meaning", kind.meaning());
    }
    return json;
  }

  ObjectNode add(Call call) throws ControlError {
    return add(ControlFields.of(call, FIELDS));
  }

  /** The same for a form. */
  ObjectNode add(ObjectNode form) throws ControlError {
    return add(ControlFields.of(form, FIELDS));
  }

  private ObjectNode add(ControlFields fields) throws ControlError {
    Mistakes mistakes = new Mistakes();
    PushEventKind event = mistakes.<@Nullable PushEventKind>or(null, () -> event(fields));
    PushFault of = mistakes.or(ANY_FAULT, () -> kind(fields));
    int count = mistakes.or(0, () -> fields.atLeast(0, "count", 0));
    int every = mistakes.or(1, () -> fields.atLeast(1, "every", 1));
    double probability = mistakes.or(1.0, () -> fields.probability("probability"));
    mistakes.check();
    if (!faults.add(new PushFault(event, of.kind(), of.millis(), count, every, probability))) {
      throw ControlError.badField("faults", "faults: there are " + PushFaultBook.MOST + " already");
    }
    return Json.object().put("faults", faults.list().size());
  }

  private static @Nullable PushEventKind event(ControlFields fields) throws ControlError {
    try {
      return PushFaultText.event(fields.text("event", FaultText.ANY));
    } catch (IllegalArgumentException e) {
      throw ControlError.badField(e);
    }
  }

  /** A fault of the kind and with the milliseconds that {@code what} names. */
  private static PushFault kind(ControlFields fields) throws ControlError {
    String what = fields.text("what");
    try {
      PushFaultKind kind = PushFaultText.kind(what);
      return new PushFault(null, kind, PushFaultText.millis(kind, what), 0, 1, 1);
    } catch (IllegalArgumentException e) {
      throw ControlError.badField(e);
    }
  }

  /** Ends one fault, as {@link PushFault#toString} writes it; it may have ended by itself. */
  void remove(String written) {
    faults.remove(written);
  }

  ObjectNode clear() {
    faults.clear();
    return Json.object().put("faults", 0);
  }
}
