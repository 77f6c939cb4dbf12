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
  /** Adds a template of the public library to the app. */
  ADD_TEMPLATE("addtemplate", "POST", "/wxaapi/newtmpl/addtemplate"),
  /** Deletes a template of the app. */
  DELETE_TEMPLATE("deltemplate", "POST", "/wxaapi/newtmpl/deltemplate"),
  /** The categories of the app. */
  CATEGORIES("getcategory", "GET", "/wxaapi/newtmpl/getcategory"),
  /** The templates of the public library, by category. */
  LIBRARY_TITLES("getpubtemplatetitles", "GET", "/wxaapi/newtmpl/getpubtemplatetitles"),
  /** The keywords of a template of the public library. */
  LIBRARY_KEYWORDS("getpubtemplatekeywords", "GET", "/wxaapi/newtmpl/getpubtemplatekeywords"),
  /** What WeChat recorded of one request. */
  RID("rid", "POST", "/cgi-bin/openapi/rid/get"),
  /** How much of a daily quota is used. */
  QUOTA("quota", "POST", "/cgi-bin/openapi/quota/get"),
  /** Resets all daily quotas of the app. */
  CLEAR_QUOTA("clear_quota", "POST", "/cgi-bin/clear_quota"),
  /** The same by the app's secret. */
  CLEAR_QUOTA_V2("clear_quota_v2", "POST", "/cgi-bin/clear_quota/v2");

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

  /** True for the calls that manage templates. */
  boolean managesTemplates() {
    return path.startsWith("/wxaapi/newtmpl/");
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
