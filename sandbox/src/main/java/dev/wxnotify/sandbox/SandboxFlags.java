package dev.wxnotify.sandbox;

import dev.wxnotify.sandbox.FlagTypes.DurationFlag;
import dev.wxnotify.sandbox.FlagTypes.EndpointFlag;
import dev.wxnotify.sandbox.FlagTypes.FaultFlag;
import dev.wxnotify.sandbox.FlagTypes.QuotaFlag;
import dev.wxnotify.sandbox.FlagTypes.TemplateFlag;
import dev.wxnotify.web.HostCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a sandbox as flags. The values here are the defaults. */
final class SandboxFlags {

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to listen on (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen on, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port = 9080;

  @Option(
      names = "--allowed-host",
      paramLabel = "NAME",
      description =
          "A name that browsers and tests use for the sandbox, beside its addresses and localhost;"
              + " may be repeated. The paths of WeChat need none.")
  private Set<String> allowedHosts = new HashSet<>();

  @Option(
      names = "--app",
      paramLabel = "APPID:SECRET",
      description =
          "An app and its secret; may be repeated. Default: "
              + SandboxOptions.APP_ID
              + ":"
              + SandboxOptions.APP_SECRET)
  private List<String> apps = new ArrayList<>();

  @Option(
      names = "--template",
      paramLabel = "ID:KEYWORD,...",
      converter = TemplateFlag.class,
      description = "A template of your own, in addition to those of the sandbox; may be repeated.")
  private List<SandboxTemplate> templates = new ArrayList<>();

  @Option(
      names = "--template-limit",
      paramLabel = "N",
      description =
          "Templates of an app, those of the sandbox included (default: ${DEFAULT-VALUE}).")
  private int templateLimit = TemplateRules.DEFAULT.mostPerApp();

  @Option(
      names = "--template-json",
      description = "addtemplate reads JSON too; otherwise only a form.")
  private boolean templateJson;

  @Option(
      names = "--tid-as-text",
      description = "getpubtemplatetitles answers with the tid as text, not as a number.")
  private boolean tidAsText;

  @Mixin private HostingFlags hosting = new HostingFlags();

  @Mixin private PushFlags pushes = new PushFlags();

  @Option(
      names = "--token-ttl",
      paramLabel = "DURATION",
      converter = DurationFlag.class,
      description = "Lifetime of a token (default: 7200s).")
  private Duration tokenTtl = TokenRules.WECHAT.ttl();

  @Option(
      names = "--token-grace",
      paramLabel = "DURATION",
      converter = DurationFlag.class,
      description =
          "How long an old token stays valid beside a new one; at most a sixth of the lifetime"
              + " (default: 300s).")
  private Duration tokenGrace = TokenRules.WECHAT.grace();

  @Option(
      names = "--force-interval",
      paramLabel = "DURATION",
      converter = DurationFlag.class,
      description = "A forced refresh sooner than this changes nothing (default: 30s).")
  private Duration forceInterval = TokenRules.WECHAT.forceInterval();

  @Option(
      names = "--forced-per-day",
      paramLabel = "N",
      description = "Forced refreshes of an app per day (default: ${DEFAULT-VALUE}).")
  private int forcedPerDay = TokenRules.WECHAT.forcedPerDay();

  @Option(
      names = "--unknown-token",
      paramLabel = "ERRCODE",
      description = "What an unknown token gets, 40001 or 40014 (default: ${DEFAULT-VALUE}).")
  private int unknownToken = TokenRules.WECHAT.unknownToken();

  @Option(
      names = "--allow-ip",
      paramLabel = "IP",
      description = "Only this address may fetch tokens; may be repeated.")
  private Set<String> allowedIps = new HashSet<>();

  @Option(
      names = "--latency",
      paramLabel = "DURATION",
      converter = DurationFlag.class,
      description = "Delay of every answer, like 80ms (default: none).")
  private Duration latency = Duration.ZERO;

  @Option(
      names = "--fault",
      paramLabel = "FAULT",
      converter = FaultFlag.class,
      description = "A fault, see below; may be repeated.")
  private List<Fault> faults = new ArrayList<>();

  @Option(
      names = "--quota",
      paramLabel = "ENDPOINT=DAY[/MINUTE]",
      converter = {EndpointFlag.class, QuotaFlag.class},
      description = "Calls of an app per day and per minute, 0 for no limit; may be repeated.")
  private Map<SandboxEndpoint, Quota> quotas = new EnumMap<>(SandboxEndpoint.class);

  @Option(
      names = "--sends-per-second",
      paramLabel = "N",
      description = "Sends of an app per second, 0 for no limit (default: ${DEFAULT-VALUE}).")
  private int sendsPerSecond;

  @Option(
      names = "--overload-errcode",
      paramLabel = "ERRCODE",
      description = "What sends above that limit get, like -1 (default: ${DEFAULT-VALUE}).")
  private int overloadErrcode = SendRules.DEFAULT.overloadErrcode();

  @Option(
      names = "--strict-subscriptions",
      description = "Users are subscribed only after POST /sandbox/subscriptions.")
  private boolean strictSubscriptions;

  @Option(
      names = "--failures-take-credit",
      description =
          "A send that fails because of its page or values uses up a one-time subscription.")
  private boolean failuresTakeCredit;

  @Option(
      names = "--refuse-unknown-keys",
      description = "Keys in the data that the template does not have get 47003.")
  private boolean refuseUnknownKeys;

  @Option(names = "--no-msgid", description = "Accepted messages are answered without msgid.")
  private boolean noMsgid;

  @Option(
      names = "--cut-details",
      description = "Details of 47003 are cut at 30 characters, as until 2022.")
  private boolean cutDetails;

  @Option(
      names = "--errmsg-hint",
      description = "Errors end in a hint in place of a rid, as until 2020.")
  private boolean errmsgHint;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "How many messages are kept for inspection (default: ${DEFAULT-VALUE}).")
  private int kept = 100_000;

  /**
   * The options that the flags ask for.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  SandboxOptions options() {
    SandboxOptions.Builder builder =
        SandboxOptions.builder()
            .host(host)
            .port(port)
            .tokens(new TokenRules(tokenTtl, tokenGrace, forceInterval, forcedPerDay, unknownToken))
            .sends(
                new SendRules(
                    strictSubscriptions,
                    failuresTakeCredit,
                    refuseUnknownKeys,
                    sendsPerSecond,
                    overloadErrcode,
                    SendRules.DEFAULT.blacklist()))
            .answers(answers())
            .latency(latency)
            .allowedIps(allowedIps)
            .templates(Stream.concat(SandboxTemplates.ALL.stream(), templates.stream()).toList())
            .templateRules(new TemplateRules(templateJson, tidAsText, templateLimit))
            .hosting(hosting.rules())
            .faults(faults)
            .allowedHosts(allowedHosts)
            .kept(kept);
    for (String name : allowedHosts) {
      if (!HostCheck.isName(name)) { // It would never match, and nothing would tell.
        throw new IllegalArgumentException(
            "--allowed-host " + name + " (expected: a host name without a port)");
      }
    }
    quotas.forEach(builder::quota);
    Set<String> appIds = new LinkedHashSet<>();
    for (String app : apps) {
      int colon = app.indexOf(':');
      if (colon < 1 || colon == app.length() - 1) {
        // Not the value itself: half of it may be a secret.
        throw new IllegalArgumentException("--app (expected: APPID:SECRET)");
      }
      builder.app(app.substring(0, colon), app.substring(colon + 1));
      appIds.add(app.substring(0, colon));
    }
    if (appIds.isEmpty()) {
      appIds.add(SandboxOptions.APP_ID);
    }
    return builder.push(pushes.rules(appIds)).build();
  }

  private AnswerStyle answers() {
    return new AnswerStyle(
        errmsgHint ? AnswerStyle.Errmsg.HINT : AnswerStyle.Errmsg.RID, cutDetails, !noMsgid);
  }
}
