package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageRequest;
import java.util.TreeSet;

/**
 * What somebody can do who sees an empty page.
 *
 * @param grpcurl sends a message by wxnotify
 * @param knowsServer false if the command has a placeholder for the server
 * @param token gets a token of the sandbox into the variable {@code TOKEN}
 * @param curl sends a message as WeChat's API takes it
 */
record FirstSteps(String grpcurl, boolean knowsServer, String token, String curl) {

  private static final String OPEN_ID = "alice";

  static FirstSteps of(
      FakeWeChat weChat, SandboxOptions options, ServerAddress server, PageRequest request) {
    String app = new TreeSet<>(options.apps().keySet()).first();
    SandboxTemplate template = weChat.templates().get(0);
    String origin = origin(request);
    var body = Json.object().put("touser", OPEN_ID).put("template_id", template.id());
    var data = body.put("page", "pages/index").putObject("data");
    template.keywords().forEach(k -> data.putObject(k.name()).put("value", k.example()));
    return new FirstSteps(
        SendCommands.grpcurl(app, OPEN_ID, template, server),
        server.isKnown(),
        token(origin, app, options),
        SendCommands.curl(origin, new RawBody(Json.write(body))));
  }

  /** Gets a token of an app; the secret stands there only if it is the sandbox's own. */
  static String token(String origin, String app, SandboxOptions options) {
    String secret =
        SandboxOptions.APP_SECRET.equals(options.apps().get(app))
            ? SandboxOptions.APP_SECRET
            : "SECRET";
    return ("TOKEN=$(curl -s '%s/cgi-bin/token?grant_type=client_credential&appid=%s&secret=%s'"
            + " | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')")
        .formatted(origin, app, secret);
  }

  /** The sandbox by the name that the browser uses; only names that are allowed come so far. */
  static String origin(PageRequest request) {
    String host = request.header("host");
    return "http://" + (host == null ? "127.0.0.1" : host);
  }
}
