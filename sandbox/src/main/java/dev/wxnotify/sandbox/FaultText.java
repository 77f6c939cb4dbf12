package dev.wxnotify.sandbox;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The written form of a fault, as on the command line. */
final class FaultText {

  static final String ANY = "any";

  private FaultText() {}

  static Fault parse(String text) {
    String[] parts = text.split(":", 3);
    if (parts.length < 2) {
      throw new IllegalArgumentException("fault: " + text + " (expected: endpoint:what[:often])");
    }
    Fault always = new Fault(endpoint(parts[0]), Effect.parse(parts[1]), 0, 1, 1, 0);
    return parts.length == 2 ? always : often(always, parts[2]);
  }

  static @Nullable SandboxEndpoint endpoint(String label) {
    if (label.equals(ANY)) {
      return null;
    }
    return SandboxEndpoint.byLabel(label)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "endpoint: " + label + " (expected: one of " + endpoints() + ")"));
  }

  private static Fault often(Fault always, String often) {
    try {
      if (often.endsWith("%")) {
        double share = Double.parseDouble(often.substring(0, often.length() - 1));
        return always.withProbability(share / 100, 0);
      }
      if (often.startsWith("1/")) {
        return always.everyNth(Integer.parseInt(often.substring(2)));
      }
      return always.times(Integer.parseInt(often));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "often: " + often + " (expected: a count, a share like 10% or a period like 1/20)", e);
    }
  }

  private static List<String> endpoints() {
    List<String> labels = new ArrayList<>();
    for (SandboxEndpoint endpoint : SandboxEndpoint.values()) {
      labels.add(endpoint.label());
    }
    labels.add(ANY);
    return labels;
  }
}
