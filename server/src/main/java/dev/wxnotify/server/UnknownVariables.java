package dev.wxnotify.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Environment variables that look like ours but belong to no key: most likely typing errors. They
 * are not mistakes, since other software may set such variables. Variables that Kubernetes sets for
 * a Service whose name begins with {@code wxnotify} are ignored.
 */
final class UnknownVariables {
  private static final String PREFIX = "WXNOTIFY_";

  private static final int LEFT_OUT = 1;
  private static final int TOO_MANY = 2;
  private static final int OTHER = 3;

  private static final Pattern OF_A_SERVICE =
      Pattern.compile(
          "WXNOTIFY(?:_[A-Z0-9_]+)?_"
              + "(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?"
              + "|PORT_\\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)");

  /** {@code NAME_PORT}, whose name may be that of a key of ours. */
  private static final Pattern ADDRESS_OF_A_SERVICE = Pattern.compile("(?:tcp|udp|sctp)://.*");

  /** The variables of all keys; those of callers and apps contain NAME. */
  private static final List<String> KNOWN =
      KnownKeys.ALL.stream()
          .map(key -> KnownKeys.variable(key.replace(KnownKeys.NAME, "NAME")))
          .toList();

  private UnknownVariables() {}

  /**
   * Returns a line for each variable without a key, with its name and the nearest known one, and
   * never its value. Variables of callers and apps are skipped: {@link NamedVariables} rejects
   * them.
   */
  static List<String> in(Map<String, String> environment) {
    List<String> lines = new ArrayList<>();
    environment.forEach(
        (variable, value) -> {
          String name = variable.toUpperCase(Locale.ROOT);
          if (name.startsWith(PREFIX)
              && !KNOWN.contains(name)
              && !NamedVariables.isOne(variable)
              && !isOfKubernetes(variable, value)) {
            lines.add(
                variable
                    + " is not the variable of a known key, and is ignored; the nearest is "
                    + nearest(name));
          }
        });
    lines.sort(Comparator.naturalOrder());
    return lines;
  }

  /** Tells whether Kubernetes sets this variable for a Service ({@code enableServiceLinks}). */
  static boolean isOfKubernetes(String variable, String value) {
    return OF_A_SERVICE.matcher(variable).matches()
        || (variable.endsWith("_PORT") && ADDRESS_OF_A_SERVICE.matcher(value).matches());
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
