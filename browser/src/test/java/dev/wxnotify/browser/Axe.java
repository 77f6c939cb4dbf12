package dev.wxnotify.browser;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/** axe-core: finds what of WCAG 2 A and AA a machine can find. */
final class Axe {
  private final String source;

  private Axe(String source) {
    this.source = source;
  }

  /** Reads it from where {@code browser.axe} says; without it the test is skipped. */
  static Axe read() {
    String file = System.getProperty("browser.axe", "");
    Assumptions.assumeFalse(
        file.isEmpty(), "accessibility was not checked: no axe.min.js, give -Dbrowser.axe=FILE");
    try {
      return new Axe(Files.readString(Path.of(file)));
    } catch (IOException e) {
      throw new UncheckedIOException("browser.axe", e);
    }
  }

  /** Returns what is wrong with the page that the browser shows: rule, element, explanation. */
  List<String> violations(Browser browser) {
    browser.run(source); // By the driver, which the page's CSP does not concern.
    Object result =
        browser.runAsync(
            """
            const done = arguments[arguments.length - 1];
            axe.run(document, {
              runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
              resultTypes: ['violations']
            }).then(
              found => done(JSON.stringify(found.violations)),
              failed => done(JSON.stringify([{id: 'axe', help: String(failed), nodes: []}])));
            """);
    List<String> violations = new ArrayList<>();
    for (JsonElement each : array(Objects.requireNonNull(result).toString())) {
      JsonObject rule = each.getAsJsonObject();
      String named = rule.get("id").getAsString() + " (" + rule.get("help").getAsString() + ")";
      JsonArray nodes = rule.getAsJsonArray("nodes");
      if (nodes.isEmpty()) {
        violations.add(named);
      }
      for (JsonElement node : nodes) {
        JsonObject found = node.getAsJsonObject();
        violations.add(
            named
                + " at "
                + new Gson().toJson(found.get("target"))
                + ": "
                + found.get("failureSummary").getAsString().replaceAll("\\s+", " "));
      }
    }
    return violations;
  }

  private static JsonArray array(String json) {
    return JsonParser.parseString(json).getAsJsonArray();
  }
}
