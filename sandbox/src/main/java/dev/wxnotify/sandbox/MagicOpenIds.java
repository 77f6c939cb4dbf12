package dev.wxnotify.sandbox;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Open ids that make a send go wrong in a known way, so that each way can be tried by hand or from
 * any language without touching the sandbox.
 */
public final class MagicOpenIds {

  /**
   * One row of the table.
   *
   * @param openId the open id; anything may follow it after a hyphen, so that many can exist
   * @param meaning what a send to it gets, or what its pushes are
   */
  public record Row(String openId, String meaning) {}

  private record Named(String form, EffectKind kind) {}

  private static final String PREFIX = "sandbox-";
  private static final String ONCE = "once-";
  private static final String BUSY = "busy";

  // A number at the start is an error code: sandbox-43101 and sandbox--1.
  private static final Pattern ERRCODE = Pattern.compile("(-?[0-9]{1,9})(?:-.*)?");
  private static final Pattern SLOW = Pattern.compile("slow-([0-9]{1,7})(?:-.*)?");
  private static final Pattern HTML = Pattern.compile("html-([0-9]{3})(?:-.*)?");

  private static final List<Named> BY_NAME =
      Arrays.stream(EffectKind.values())
          .filter(kind -> !kind.takesArgument())
          .flatMap(kind -> kind.openIdForm().map(form -> new Named(form, kind)).stream())
          // The longest first: body-204-late is not body-204 for a user named late.
          .sorted(Comparator.comparing((Named named) -> -named.form().length()))
          .toList();

  private final Set<OpenIdTurns.Key> struck = ConcurrentHashMap.newKeySet();

  MagicOpenIds() {}

  /** The whole table, for documentation. */
  public static List<Row> table() {
    List<Row> rows = new ArrayList<>();
    new TreeMap<>(ErrorTexts.all())
        .forEach(
            (code, text) -> {
              if (code != 0) {
                rows.add(new Row(PREFIX + code, "errcode " + code + ": " + text));
              }
            });
    rows.add(new Row(PREFIX + BUSY, "errcode -1: " + ErrorTexts.of(ErrorTexts.BUSY)));
    rows.add(new Row(PREFIX + "<errcode>", "any other errcode, with a text of the sandbox"));
    for (EffectKind kind : EffectKind.values()) {
      if (kind != EffectKind.ERRCODE) {
        kind.openIdForm().ifPresent(form -> rows.add(new Row(PREFIX + form, kind.meaning())));
      }
    }
    rows.add(new Row(PREFIX + ONCE + "<any of the above>", "that once, afterwards normal answers"));
    for (PushFaultKind kind : PushFaultKind.values()) {
      rows.add(new Row(PushFaultBook.openId(kind), kind.meaning()));
    }
    return List.copyOf(rows);
  }

  /** What befalls this send. */
  Optional<Effect> effect(String appId, String openId) {
    if (!openId.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String rest = openId.substring(PREFIX.length());
    if (!rest.startsWith(ONCE)) {
      return named(rest);
    }
    Optional<Effect> effect = named(rest.substring(ONCE.length()));
    return effect.filter(e -> struck.add(new OpenIdTurns.Key(appId, openId)));
  }

  void forget() {
    struck.clear();
  }

  private static Optional<Effect> named(String name) {
    Matcher errcode = ERRCODE.matcher(name);
    if (errcode.matches()) {
      int code = Integer.parseInt(errcode.group(1));
      return code == 0 ? Optional.empty() : Optional.of(Effect.errcode(code));
    }
    Matcher slow = SLOW.matcher(name);
    if (slow.matches()) {
      return argument(EffectKind.LATENCY, slow.group(1));
    }
    Matcher html = HTML.matcher(name);
    if (html.matches()) {
      return argument(EffectKind.HTTP, html.group(1));
    }
    if (isOrStarts(name, BUSY)) {
      return Optional.of(Effect.errcode(ErrorTexts.BUSY));
    }
    return BY_NAME.stream()
        .filter(named -> isOrStarts(name, named.form()))
        .findFirst()
        .map(named -> Effect.of(named.kind()));
  }

  private static Optional<Effect> argument(EffectKind kind, String digits) {
    int argument = Integer.parseInt(digits);
    return kind.accepts(argument) ? Optional.of(new Effect(kind, argument)) : Optional.empty();
  }

  private static boolean isOrStarts(String name, String word) {
    return name.equals(word) || name.startsWith(word + "-");
  }
}
