package dev.wxnotify.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the reader wants: the language by the cookie {@code lang}, else by what the browser accepts;
 * the colours by the cookie {@code scheme}.
 */
public final class Preferences {
  static final String LANGUAGE = "lang";
  static final String SCHEME = "scheme";
  private static final int MAX_RANGES = 20;

  private final Language language;
  private final Scheme scheme;

  /** Creates preferences. */
  public Preferences(Language language, Scheme scheme) {
    this.language = language;
    this.scheme = scheme;
  }

  /** Those of a request. Values that are unknown are as if they were not there. */
  public static Preferences of(PageRequest request) {
    Language chosen = language(request.cookie(LANGUAGE));
    Scheme scheme = scheme(request.cookie(SCHEME));
    return new Preferences(
        chosen == null ? accepted(request.header("accept-language")) : chosen,
        scheme == null ? Scheme.AUTO : scheme);
  }

  /** The language of the page. */
  public Language language() {
    return language;
  }

  /** The colours of the page. */
  public Scheme scheme() {
    return scheme;
  }

  static @Nullable Language language(@Nullable String tag) {
    for (Language each : Language.values()) {
      if (each.tag().equals(tag)) {
        return each;
      }
    }
    return null;
  }

  static @Nullable Scheme scheme(@Nullable String tag) {
    for (Scheme each : Scheme.values()) {
      if (each.tag().equals(tag)) {
        return each;
      }
    }
    return null;
  }

  private record Range(String language, double weight) {}

  /**
   * The first of the heaviest ranges that is ours; all kinds of Chinese are better than English.
   */
  private static Language accepted(@Nullable String header) {
    List<Range> ranges = new ArrayList<>();
    if (header != null) {
      for (String part : header.split(",", MAX_RANGES + 1)) {
        if (ranges.size() < MAX_RANGES) {
          ranges.add(range(part));
        }
      }
    }
    Language best = Language.EN;
    double weight = 0;
    for (Range range : ranges) {
      Language ours =
          switch (range.language) {
            case "zh" -> Language.ZH_CN;
            case "en" -> Language.EN;
            default -> null;
          };
      if (ours != null && range.weight > weight) {
        best = ours;
        weight = range.weight;
      }
    }
    return best;
  }

  private static Range range(String part) {
    String[] fields = part.strip().toLowerCase(Locale.ROOT).split(";", 2);
    double weight = 1;
    if (fields.length == 2) {
      String quality = fields[1].strip();
      weight =
          quality.matches("q=[01](\\.[0-9]{0,3})?") ? Double.parseDouble(quality.substring(2)) : 0;
    }
    return new Range(fields[0].strip().split("-", 2)[0], weight);
  }
}
