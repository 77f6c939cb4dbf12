package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** The control calls about the faults of pushes. */
final class ControlPushFaults {

  private static final Set<String> FIELDS =
      Set.of("event", "what", "count", "every", "probability");

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
    ControlFields fields = ControlFields.of(call, FIELDS);
    String event = fields.text("event", FaultText.ANY);
    String what = fields.text("what");
    PushFault fault;
    try {
      PushFaultKind kind = PushFaultText.kind(what);
      fault =
          new PushFault(
              PushFaultText.event(event),
              kind,
              PushFaultText.millis(kind, what),
              fields.integer("count", 0),
              fields.integer("every", 1),
              fields.number("probability", 1));
    } catch (IllegalArgumentException e) {
      // The text begins with the name of the field.
      String text = String.valueOf(e.getMessage());
      throw ControlError.badField(text.substring(0, text.indexOf(':')), text);
    }
    if (!faults.add(fault)) {
      throw ControlError.badField("faults", "faults: there are " + PushFaultBook.MOST + " already");
    }
    return Json.object().put("faults", faults.list().size());
  }

  ObjectNode clear() {
    faults.clear();
    return Json.object().put("faults", 0);
  }
}
