package dev.wxnotify.sandbox;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The calls of WeChat that the sandbox answers. */
public enum SandboxEndpoint {
  /** The classic token: each call makes a new one. */
  TOKEN("token", "GET", "/cgi-bin/token"),
  /** The stable token: the same one until its last minutes. */
  STABLE_TOKEN("stable_token", "POST", "/cgi-bin/stable_token"),
  /** One subscribe message to one open id. */
  SEND("send", "POST", "/cgi-bin/message/subscribe/send"),
  /** The templates of the app. */
  TEMPLATES("gettemplate", "GET", "/wxaapi/newtmpl/gettemplate"),
  /** How much of a daily quota is used. */
  QUOTA("quota", "POST", "/cgi-bin/openapi/quota/get"),
  /** Resets all daily quotas of the app. */
  CLEAR_QUOTA("clear_quota", "POST", "/cgi-bin/clear_quota");

  private static final Map<String, SandboxEndpoint> BY_PATH =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(e -> e.path, e -> e));

  private final String label;
  private final String method;
  private final String path;

  SandboxEndpoint(String label, String method, String path) {
    this.label = label;
    this.method = method;
    this.path = path;
  }

  /** The name in flags and in control calls. */
  public String label() {
    return label;
  }

  /** WeChat's path. */
  public String path() {
    return path;
  }

  String method() {
    return method;
  }

  static Optional<SandboxEndpoint> byPath(String path) {
    return Optional.ofNullable(BY_PATH.get(path));
  }

  static Optional<SandboxEndpoint> byLabel(String label) {
    return Arrays.stream(values()).filter(e -> e.label.equals(label)).findFirst();
  }
}
