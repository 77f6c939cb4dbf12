package dev.wxnotify.sandbox;

import dev.wxnotify.sandbox.FlagTypes.DurationFlag;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags about pushes. */
final class PushFlags {

  @Option(
      names = "--push-url",
      paramLabel = "[APPID=]URL",
      description =
          "Where events are pushed, like a receipt for each message; needs --push-token. This and"
              + " the next four may be repeated, each for one app.")
  private List<String> urls = new ArrayList<>();

  @Option(
      names = "--push-token",
      paramLabel = "[APPID=]TOKEN",
      description = "The key of the signatures, 3 to 32 letters and digits.")
  private List<String> tokens = new ArrayList<>();

  @Option(
      names = "--push-aes-key",
      paramLabel = "[APPID=]KEY",
      description = "The EncodingAESKey, 43 letters and digits.")
  private List<String> aesKeys = new ArrayList<>();

  @Option(
      names = "--push-mode",
      paramLabel = "[APPID=]MODE",
      description = "plain, compatible or safe (default: safe with a key, plain without).")
  private List<String> modes = new ArrayList<>();

  @Option(
      names = "--push-format",
      paramLabel = "[APPID=]FORMAT",
      description = "xml or json (default: json).")
  private List<String> formats = new ArrayList<>();

  @Option(
      names = "--push-delay",
      paramLabel = "DURATION",
      converter = DurationFlag.class,
      description = "From an event to its push (default: none).")
  private Duration delay = Duration.ZERO;

  @Option(
      names = "--push-jitter",
      paramLabel = "DURATION",
      converter = DurationFlag.class,
      description = "At most this is added to the delay, at random (default: none).")
  private Duration jitter = Duration.ZERO;

  @Option(
      names = "--receipts",
      paramLabel = "auto|manual",
      description =
          "manual: receipts only by POST /sandbox/messages/MSGID/receipt (default: auto).")
  private String receipts = "auto";

  @Option(
      names = "--push-failure",
      paramLabel = "CODE:STATUS",
      description = "What receipts of failed messages say; the default is invented.")
  private @Nullable String failure;

  @Option(
      names = "--push-timeout",
      paramLabel = "DURATION",
      converter = DurationFlag.class,
      description = "How long an answer may take (default: 5s).")
  private Duration timeout = PushRepeats.WECHAT.answerTimeout();

  @Option(
      names = "--push-retries",
      paramLabel = "N",
      description = "Attempts after the first (default: ${DEFAULT-VALUE}).")
  private int retries = PushRepeats.WECHAT.retries();

  @Option(
      names = "--push-spacing",
      paramLabel = "DURATION",
      converter = DurationFlag.class,
      description = "From the start of an attempt to the next (default: 5s).")
  private Duration spacing = PushRepeats.WECHAT.spacing();

  @Option(
      names = "--push-status-is-final",
      description = "An HTTP status other than 200 is not asked for again.")
  private boolean statusIsFinal;

  @Option(
      names = "--push-retry-on-body",
      description = "An answer that is neither success nor empty is asked for again.")
  private boolean retryOnBody;

  @Option(
      names = "--push-retry-signed-anew",
      description = "Retries have a timestamp, a nonce and signatures of their own.")
  private boolean signedAnew;

  @Option(
      names = "--push-documented-json",
      description = "JSON as WeChat's page shows it, not as developers see it.")
  private boolean documented;

  @Option(
      names = "--push-openid-in-plain",
      description = "The query has an openid in plain mode too.")
  private boolean openIdInPlain;

  @Option(
      names = "--push-content-type",
      paramLabel = "TYPE",
      description = "The Content-Type of pushes (default: application/json or text/xml).")
  private @Nullable String contentType;

  @Option(
      names = "--no-silent-accepts",
      description = "An acceptance after \"always keep my choice\" is not pushed.")
  private boolean noSilentAccepts;

  @Option(
      names = "--push-fault",
      paramLabel = "FAULT",
      description = "A fault of pushes, event:what[:often], like sent:duplicate:1/20.")
  private List<String> faults = new ArrayList<>();

  /**
   * The rules that the flags ask for.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  PushRules rules(Set<String> apps) {
    if (!receipts.equals("auto") && !receipts.equals("manual")) {
      throw new IllegalArgumentException("--receipts: " + receipts + " (expected: auto or manual)");
    }
    return new PushRules(
        targets(apps),
        delay,
        jitter,
        receipts.equals("auto"),
        failure(),
        new PushRepeats(timeout, retries, spacing, !statusIsFinal, retryOnBody, signedAnew),
        new PushStyle(documented, openIdInPlain, contentType, !noSilentAccepts),
        faults.stream().map(PushFault::parse).toList());
  }

  private Map<String, PushTarget> targets(Set<String> apps) {
    Map<String, String> urlOf = byApp(urls, apps);
    Map<String, String> tokenOf = byApp(tokens, apps);
    Map<String, String> keyOf = byApp(aesKeys, apps);
    Map<String, String> modeOf = byApp(modes, apps);
    Map<String, String> formatOf = byApp(formats, apps);
    if (urlOf.isEmpty() && !(tokenOf.isEmpty() && keyOf.isEmpty())) {
      throw new IllegalArgumentException("--push-url (expected: one for the token and the key)");
    }
    Map<String, PushTarget> targets = new LinkedHashMap<>();
    urlOf.forEach(
        (appId, url) -> {
          String token = tokenOf.get(appId);
          if (token == null) {
            throw new IllegalArgumentException("--push-token (expected: one for " + appId + ")");
          }
          String key = keyOf.get(appId);
          String mode = modeOf.getOrDefault(appId, key == null ? "plain" : "safe");
          targets.put(
              appId,
              new PushTarget(
                  URI.create(url),
                  token,
                  key,
                  constant("--push-mode", mode, PushMode.class),
                  constant(
                      "--push-format", formatOf.getOrDefault(appId, "json"), PushFormat.class)));
        });
    return targets;
  }

  /** A value without an app is for all of them. */
  private static Map<String, String> byApp(List<String> values, Set<String> apps) {
    Map<String, String> byApp = new TreeMap<>();
    for (String value : values) {
      int equals = value.indexOf('=');
      if (equals > 0 && apps.contains(value.substring(0, equals))) {
        byApp.put(value.substring(0, equals), value.substring(equals + 1));
      } else {
        apps.forEach(app -> byApp.putIfAbsent(app, value));
      }
    }
    return byApp;
  }

  private static <E extends Enum<E>> E constant(String flag, String text, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "%s: %s (expected: one of %s)"
            .formatted(
                flag, text, List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT)));
  }

  private PushFailure failure() {
    if (failure == null) {
      return PushFailure.INVENTED;
    }
    int colon = failure.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("--push-failure: " + failure + " (expected: CODE:STATUS)");
    }
    return new PushFailure(failure.substring(0, colon), failure.substring(colon + 1));
  }
}
