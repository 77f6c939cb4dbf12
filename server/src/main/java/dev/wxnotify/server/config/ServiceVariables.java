package dev.wxnotify.server.config;

import java.util.regex.Pattern;

/** The variables that Kubernetes sets for each Service of a namespace. */
final class ServiceVariables {
  private static final Pattern OF_A_SERVICE =
      Pattern.compile(
          "WXNOTIFY(?:_[A-Z0-9_]+)?_"
              + "(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?"
              + "|PORT_\\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)");

  /** {@code NAME_PORT}, whose name may be that of a key of ours. */
  private static final Pattern ADDRESS_OF_A_SERVICE = Pattern.compile("(?:tcp|udp|sctp)://.*");

  private ServiceVariables() {}

  /** Tells whether Kubernetes sets this variable for a Service ({@code enableServiceLinks}). */
  static boolean isOne(String variable, String value) {
    return OF_A_SERVICE.matcher(variable).matches()
        || (variable.endsWith("_PORT") && ADDRESS_OF_A_SERVICE.matcher(value).matches());
  }
}
