package dev.wxnotify.server.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Environment variables that look like ours but belong to no key: most likely typing errors. They
 * are not mistakes, since other software may set such variables. Variables that Kubernetes sets for
 * a Service whose name begins with {@code wxnotify} are ignored.
 */
public final class UnknownVariables {
  private static final String PREFIX = "WXNOTIFY_";

  private static final int LEFT_OUT = 1;
  private static final int TOO_MANY = 2;
  private static final int OTHER = 3;

  /** The variables of all keys; those of apps and callers contain NAME. */
  private static final List<String> KNOWN =
      Keys.ALL.stream().map(key -> Keys.variable(key.name())).toList();

  private UnknownVariables() {}

  /**
   * Returns a line for each variable without a key, with its name and the nearest known one, and
   * never its value. Variables of apps and callers are skipped: those without a key are mistakes.
   */
  public static List<String> in(Map<String, String> environment) {
    List<String> lines = new ArrayList<>();
    environment.forEach(
        (variable, value) -> {
          String name = Keys.variable(variable);
          if (name.startsWith(PREFIX)
              && !KNOWN.contains(name)
              && !EnvironmentReader.isOfAppOrCaller(name)
              && !ServiceVariables.isOne(name, value)) {
            lines.add(
                variable
                    + " is not the variable of a known key, and is ignored; the nearest is "
                    + nearest(name));
          }
        });
    lines.sort(Comparator.naturalOrder());
    return lines;
  }

  private static String nearest(String name) {
    return KNOWN.stream()
        .min(Comparator.comparingInt(known -> distance(name, known)))
        .orElseThrow();
  }

  /**
   * Returns the cost of converting one name into the other. A missing letter costs least: most
   * typing errors are shorter than the intended name.
   */
  private static int distance(String written, String known) {
    int[] before = new int[known.length() + 1];
    for (int j = 1; j <= known.length(); j++) {
      before[j] = j * LEFT_OUT;
    }
    for (int i = 1; i <= written.length(); i++) {
      int[] now = new int[known.length() + 1];
      now[0] = i * TOO_MANY;
      for (int j = 1; j <= known.length(); j++) {
        boolean isSame = written.charAt(i - 1) == known.charAt(j - 1);
        now[j] =
            Math.min(
                before[j - 1] + (isSame ? 0 : OTHER),
                Math.min(before[j] + TOO_MANY, now[j - 1] + LEFT_OUT));
      }
      before = now;
    }
    return before[known.length()];
  }
}
