package dev.wxnotify.sandbox;

import java.io.PrintWriter;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;

/** What the command prints at the start: all that is needed for a first try. */
final class SandboxGreeting {

  private SandboxGreeting() {}

  static void print(PrintWriter out, Sandbox sandbox, SandboxOptions options) {
    URI url = sandbox.baseUrl();
    out.println("sandbox listening on " + url);
    out.println("  inbox     " + sandbox.inboxUrl() + " (open it in a browser)");
    for (Map.Entry<String, String> app : new TreeMap<>(options.apps()).entrySet()) {
      out.println("  app       " + app.getKey() + secret(app.getValue()));
    }
    for (SandboxTemplate template : options.templates()) {
      out.println("  template  " + template.id() + "  " + keywords(template));
    }
    if (options.hosting().tokenFile() != null) {
      out.println(
          "  cloudbase_access_token of "
              + options.hostedApp()
              + " in "
              + options.hosting().tokenFile());
    }
    if (options.hosting().openInterface()) {
      out.println("  open interface: no token needed for " + options.hostedApp());
    }
    new TreeMap<>(options.push().targets())
        .forEach((appId, target) -> out.println("  pushes    " + appId + ": " + target));
    out.println("  open ids  any; those that cause failures: " + url + "/sandbox/open-ids");
    out.println("Try it:");
    out.println("  curl -s " + url + "/sandbox/templates");
    out.println("  " + firstCall(url, options));
    out.flush();
  }

  private static String firstCall(URI url, SandboxOptions options) {
    Map.Entry<String, String> app = new TreeMap<>(options.apps()).firstEntry();
    String secret = app.getValue().equals(SandboxOptions.APP_SECRET) ? app.getValue() : "SECRET";
    return "curl -s '"
        + url
        + "/cgi-bin/token?grant_type=client_credential&appid="
        + app.getKey()
        + "&secret="
        + secret
        + "'";
  }

  /** The secret of the sandbox's own app is in its documentation; all others are the user's. */
  private static String secret(String secret) {
    return secret.equals(SandboxOptions.APP_SECRET) ? "  secret " + secret : "";
  }

  private static String keywords(SandboxTemplate template) {
    return String.join(
        ",", template.keywords().stream().map(SandboxTemplate.Keyword::name).toList());
  }
}
