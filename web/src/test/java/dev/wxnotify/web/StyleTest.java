package dev.wxnotify.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The colours of {@code web.css}, by the formulas of WCAG 2.2. */
class StyleTest {
  private static final Pattern COLOUR = Pattern.compile("(--[a-z0-9-]+): (#[0-9a-f]{6});");
  private static final String LIGHT = ":root {\n  color-scheme: light;";
  private static final String DARK = ":root[data-scheme=\"dark\"] {";
  private static final String DARK_BY_SYSTEM = ":root[data-scheme=\"auto\"] {";
  private static final List<String> GROUNDS = List.of("bg", "surface", "sunken", "code-bg");
  private static final List<String> TONES = List.of("ok", "warn", "bad", "info", "neutral");

  private final String css = read();

  /** 1.4.3: text has 4.5 to 1. */
  @ParameterizedTest
  @ValueSource(strings = {LIGHT, DARK})
  void text_hasContrast(String scheme) {
    Colours colours = colours(scheme);

    for (String ground : GROUNDS) {
      for (String ink : List.of("text", "muted", "link")) {
        colours.check(ink, ground, 4.5);
      }
    }
    for (String tone : TONES) {
      colours.check(tone, tone + "-bg", 4.5);
      colours.check(tone, "surface", 4.5);
    }
    // A chosen row of a table.
    for (String ink : List.of("text", "muted", "link")) {
      colours.check(ink, "info-bg", 4.5);
    }
    colours.check("accent-ink", "accent", 4.5);
    colours.check("accent-ink", "accent-hover", 4.5);
    colours.check("danger-ink", "danger-hover", 4.5);
  }

  /** 1.4.11: what shows a control, its focus or a line of a curve has 3 to 1. */
  @ParameterizedTest
  @ValueSource(strings = {LIGHT, DARK})
  void controls_haveContrast(String scheme) {
    Colours colours = colours(scheme);

    for (String ground : List.of("bg", "surface")) {
      for (String ink : List.of("line-strong", "focus", "accent", "danger")) {
        colours.check(ink, ground, 3);
      }
    }
    for (int series = 1; series <= 5; series++) {
      colours.check("series-" + series, "surface", 3);
    }
  }

  @Test
  void dark_isTheSame_bySystemAndByChoice() {
    assertThat(colours(DARK).values).isEqualTo(colours(DARK_BY_SYSTEM).values);
    assertThat(colours(DARK).values.keySet()).isEqualTo(colours(LIGHT).values.keySet());
  }

  @Test
  void colours_areNamedOnceOnly() {
    String rest = css.substring(css.indexOf("/* ---- Ground ---- */"));

    assertThat(rest)
        .doesNotContainPattern("#[0-9a-fA-F]{3,8}\\b(?![^{]*\\{)")
        .doesNotContain("rgb");
    Matcher used = Pattern.compile("var\\((--[a-z0-9-]+)\\)").matcher(rest);
    List<String> known = css.lines().map(String::strip).filter(l -> l.startsWith("--")).toList();
    while (used.find()) {
      String name = used.group(1);
      assertThat(known).as(name).anyMatch(line -> line.startsWith(name + ":"));
    }
  }

  @Test
  void check_findsTooLittle() {
    Colours grey = new Colours(Map.of("--a", "#777777", "--b", "#ffffff"));

    assertThat(grey.contrast("a", "b")).isBetween(4.47, 4.49);
    assertThat(new Colours(Map.of("--a", "#000000", "--b", "#ffffff")).contrast("a", "b"))
        .isEqualTo(21);
  }

  private Colours colours(String scheme) {
    int from = css.indexOf(scheme);
    assertThat(from).as(scheme).isNotNegative();
    Matcher found = COLOUR.matcher(css.substring(from, css.indexOf('}', from)));
    Map<String, String> values = new TreeMap<>();
    while (found.find()) {
      values.put(found.group(1), found.group(2));
    }
    return new Colours(values);
  }

  private static String read() {
    try (InputStream in = Objects.requireNonNull(Assets.class.getResourceAsStream("web.css"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private record Colours(Map<String, String> values) {
    void check(String ink, String ground, double atLeast) {
      assertThat(contrast(ink, ground)).as(ink + " on " + ground).isGreaterThanOrEqualTo(atLeast);
    }

    double contrast(String ink, String ground) {
      double one = luminance(ink);
      double other = luminance(ground);
      return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    }

    private double luminance(String name) {
      int rgb =
          Integer.parseInt(Objects.requireNonNull(values.get("--" + name), name).substring(1), 16);
      return 0.2126 * linear(rgb >> 16)
          + 0.7152 * linear(rgb >> 8 & 255)
          + 0.0722 * linear(rgb & 255);
    }

    private static double linear(int part) {
      double share = part / 255.0;
      return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }
  }
}
