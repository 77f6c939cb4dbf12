package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a sandbox behaves. The defaults let any open id receive the templates of {@link
 * SandboxTemplates} through the app {@link #APP_ID}.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 for any free one
 * @param apps the secret of each app id
 * @param tokens how long tokens live
 * @param sends the rules for a send
 * @param answers the form of answers
 * @param latency the delay of every WeChat answer
 * @param quotas the quotas that differ from WeChat's
 * @param allowedIps the callers that may fetch tokens; empty allows all
 * @param templates the templates of every app
 * @param subscriptions the ledger at the start
 * @param templateRules what an app may do with its templates
 * @param hosting how the sandbox plays WeChat's cloud hosting
 * @param push how the sandbox pushes events
 * @param faults the active faults at the start
 * @param kept how many accepted messages, and how many sends, are kept for inspection
 * @param allowedHosts the names, beside addresses and {@code localhost}, that a request for the
 *     pages or the control calls may have as its {@code Host}; without ports
 */
public record SandboxOptions(
    String host,
    int port,
    Map<String, String> apps,
    TokenRules tokens,
    SendRules sends,
    AnswerStyle answers,
    Duration latency,
    Map<SandboxEndpoint, Quota> quotas,
    Set<String> allowedIps,
    List<SandboxTemplate> templates,
    List<Subscription> subscriptions,
    TemplateRules templateRules,
    HostingRules hosting,
    PushRules push,
    List<Fault> faults,
    int kept,
    Set<String> allowedHosts) {

  /** The app that exists unless others are configured. */
  public static final String APP_ID = "wxsandbox000000001";

  /** Its secret, which is worthless outside the sandbox. */
  public static final String APP_SECRET = "not-a-secret-only-for-the-sandbox";

  private static final Map<SandboxEndpoint, Quota> WECHAT_QUOTAS =
      Map.of(
          SandboxEndpoint.TOKEN, new Quota(10_000, 0),
          SandboxEndpoint.STABLE_TOKEN, new Quota(500_000, 10_000),
          SandboxEndpoint.SEND, new Quota(10_000_000, 0));

  /** Makes immutable copies. */
  public SandboxOptions {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    if (apps.isEmpty()) {
      throw new IllegalArgumentException("apps: none (expected: at least one)");
    }
    if (latency.isNegative()) {
      throw new IllegalArgumentException("latency: " + latency + " (expected: not negative)");
    }
    if (kept < 0) {
      throw new IllegalArgumentException("kept: " + kept + " (expected: >= 0)");
    }
    if (hosting.appId() == null
        ? hosting.isOn() && apps.size() > 1
        : !apps.containsKey(hosting.appId())) {
      throw new IllegalArgumentException(
          "hosting.appId: " + hosting.appId() + " (expected: one of " + apps.keySet() + ")");
    }
    for (String appId : push.targets().keySet()) {
      if (!apps.containsKey(appId)) {
        throw new IllegalArgumentException(
            "push.targets: " + appId + " (expected: one of " + apps.keySet() + ")");
      }
    }
    apps = Map.copyOf(apps);
    quotas = Map.copyOf(quotas);
    allowedIps = Set.copyOf(allowedIps);
    templates = List.copyOf(templates);
    subscriptions = List.copyOf(subscriptions);
    faults = List.copyOf(faults);
    allowedHosts = Set.copyOf(allowedHosts);
  }

  /** The defaults on any free port of the loopback address. */
  public static SandboxOptions defaults() {
    return builder().build();
  }

  /** The app that the environment of the cloud hosting belongs to. */
  String hostedApp() {
    return hosting.appId() != null ? hosting.appId() : apps.keySet().iterator().next();
  }

  /** A builder that starts with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Contains the app ids, never their secrets. */
  @Override
  public String toString() {
    return "sandbox at " + host + ":" + port + " for " + apps.keySet();
  }

  /** Collects options. */
  public static final class Builder {

    private String host = "127.0.0.1";
    private int port;
    private final Map<String, String> apps = new LinkedHashMap<>();
    private TokenRules tokens = TokenRules.WECHAT;
    private SendRules sends = SendRules.DEFAULT;
    private AnswerStyle answers = new AnswerStyle(AnswerStyle.Errmsg.RID, false, true);
    private Duration latency = Duration.ZERO;
    private final Map<SandboxEndpoint, Quota> quotas = new EnumMap<>(WECHAT_QUOTAS);
    private Set<String> allowedIps = Set.of();
    private List<SandboxTemplate> templates = SandboxTemplates.ALL;
    private List<Subscription> subscriptions = List.of();
    private TemplateRules templateRules = TemplateRules.DEFAULT;
    private HostingRules hosting = HostingRules.NONE;
    private PushRules push = PushRules.NONE;
    private List<Fault> faults = List.of();
    private int kept = 100_000;
    private Set<String> allowedHosts = Set.of();

    private Builder() {}

    /** The address to listen on. */
    @CanIgnoreReturnValue
    public Builder host(String host) {
      this.host = host;
      return this;
    }

    /** The port to listen on; 0 for any free one. */
    @CanIgnoreReturnValue
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /** Adds an app; the first one replaces the default app. */
    @CanIgnoreReturnValue
    public Builder app(String appId, String secret) {
      apps.put(appId, secret);
      return this;
    }

    /** How long tokens live. */
    @CanIgnoreReturnValue
    public Builder tokens(TokenRules tokens) {
      this.tokens = tokens;
      return this;
    }

    /** The lifetime of tokens; the other token rules stay as they are. */
    @CanIgnoreReturnValue
    public Builder tokenTtl(Duration ttl) {
      TokenRules rules = tokens;
      return tokens(
          new TokenRules(
              ttl,
              rules.grace(),
              rules.forceInterval(),
              rules.forcedPerDay(),
              rules.unknownToken()));
    }

    /** The rules for a send. */
    @CanIgnoreReturnValue
    public Builder sends(SendRules sends) {
      this.sends = sends;
      return this;
    }

    /** The form of answers. */
    @CanIgnoreReturnValue
    public Builder answers(AnswerStyle answers) {
      this.answers = answers;
      return this;
    }

    /** The delay of every WeChat answer. */
    @CanIgnoreReturnValue
    public Builder latency(Duration latency) {
      this.latency = latency;
      return this;
    }

    /** The quota of an endpoint, instead of WeChat's. */
    @CanIgnoreReturnValue
    public Builder quota(SandboxEndpoint endpoint, Quota quota) {
      quotas.put(endpoint, quota);
      return this;
    }

    /** The callers that may fetch tokens; empty allows all. */
    @CanIgnoreReturnValue
    public Builder allowedIps(Set<String> allowedIps) {
      this.allowedIps = allowedIps;
      return this;
    }

    /** The templates of every app, instead of {@link SandboxTemplates#ALL}. */
    @CanIgnoreReturnValue
    public Builder templates(List<SandboxTemplate> templates) {
      this.templates = templates;
      return this;
    }

    /** The ledger at the start. */
    @CanIgnoreReturnValue
    public Builder subscriptions(List<Subscription> subscriptions) {
      this.subscriptions = subscriptions;
      return this;
    }

    /** What an app may do with its templates. */
    @CanIgnoreReturnValue
    public Builder templateRules(TemplateRules templateRules) {
      this.templateRules = templateRules;
      return this;
    }

    /** How the sandbox plays WeChat's cloud hosting. */
    @CanIgnoreReturnValue
    public Builder hosting(HostingRules hosting) {
      this.hosting = hosting;
      return this;
    }

    /** How the sandbox pushes events. */
    @CanIgnoreReturnValue
    public Builder push(PushRules push) {
      this.push = push;
      return this;
    }

    /** The active faults at the start. */
    @CanIgnoreReturnValue
    public Builder faults(List<Fault> faults) {
      this.faults = faults;
      return this;
    }

    /** How many accepted messages, and how many sends, are kept. */
    @CanIgnoreReturnValue
    public Builder kept(int kept) {
      this.kept = kept;
      return this;
    }

    /** The names that a request for pages or control calls may use for this sandbox. */
    @CanIgnoreReturnValue
    public Builder allowedHosts(Set<String> allowedHosts) {
      this.allowedHosts = allowedHosts;
      return this;
    }

    /** The options. */
    public SandboxOptions build() {
      return new SandboxOptions(
          host,
          port,
          apps.isEmpty() ? Map.of(APP_ID, APP_SECRET) : apps,
          tokens,
          sends,
          answers,
          latency,
          quotas,
          allowedIps,
          templates,
          subscriptions,
          templateRules,
          hosting,
          push,
          faults,
          kept,
          allowedHosts);
    }
  }
}
