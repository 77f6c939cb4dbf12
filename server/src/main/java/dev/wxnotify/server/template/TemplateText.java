package dev.wxnotify.server.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the keywords in a template's text, such as {@code 会议时间:{{date2.DATA}}}, one in each line.
 * It takes other forms too: a full-width colon or none, blanks in the braces, several keywords in a
 * line, and text around them. Whatever else a text has is no error.
 */
public final class TemplateText {
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "\\{\\{\\s*([a-z0-9_]{1,64})\\s*(?:\\.\\s*data\\s*)?}}", Pattern.CASE_INSENSITIVE);

  private static final char COLON = ':';
  private static final char FULL_WIDTH_COLON = '：';

  private TemplateText() {}

  /**
   * One keyword in the text.
   *
   * @param before the text between the keyword before it and this one
   */
  private record Place(String key, String before, String label) {}

  /**
   * Returns the keywords, in their order, each key once.
   *
   * @param content the text with the keywords
   * @param example the same text with example values; may be anything else
   * @param enumValues the values of enumerated keywords, by key
   */
  public static List<Keyword> keywords(
      String content, String example, Map<String, List<String>> enumValues) {
    String text = lines(content);
    List<Place> places = new ArrayList<>();
    Matcher matcher = PLACEHOLDER.matcher(text);
    int end = 0;
    while (matcher.find()) {
      String before = text.substring(end, matcher.start());
      places.add(new Place(matcher.group(1), before, label(before, places.isEmpty())));
      end = matcher.end();
    }
    List<String> examples = examples(places, text.substring(end), lines(example));
    List<Keyword> keywords = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      if (known.add(place.key)) {
        List<String> values = enumValues.getOrDefault(place.key, List.of());
        keywords.add(new Keyword(place.key, place.label, values, examples.get(i)));
      }
    }
    return keywords;
  }

  private static String lines(String text) {
    return text.replace("\r\n", "\n").replace('\r', '\n');
  }

  /**
   * Returns the last line of text before a keyword. What follows the keyword before it, in the same
   * line, belongs to that one: a unit, for example.
   */
  private static String label(String before, boolean isFirst) {
    int lineEnd = before.indexOf('\n');
    String own = isFirst || lineEnd < 0 ? before : before.substring(lineEnd + 1);
    String label = "";
    for (String line : own.split("\n", -1)) {
      String stripped = withoutColon(line);
      label = stripped.isEmpty() ? label : stripped;
    }
    return label;
  }

  private static String withoutColon(String line) {
    int end = line.length();
    while (end > 0 && isColonOrBlank(line.charAt(end - 1))) {
      end--;
    }
    return line.substring(0, end).strip();
  }

  private static boolean isColonOrBlank(char c) {
    return c == COLON || c == FULL_WIDTH_COLON || Character.isWhitespace(c);
  }

  /** Finds the values between the same literal texts; an empty one where they are not there. */
  private static List<String> examples(List<Place> places, String rest, String example) {
    String sample = oneColon(example);
    List<String> examples = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < places.size(); i++) {
      int start = valueStart(sample, places.get(i), at);
      if (start < 0) {
        examples.add("");
      } else {
        String next = i + 1 < places.size() ? places.get(i + 1).before : rest;
        at = valueEnd(sample, oneColon(next), start);
        examples.add(example.substring(start, at).strip());
      }
    }
    return examples;
  }

  /** The length stays, so that places in one text are places in the other. */
  private static String oneColon(String text) {
    return text.replace(FULL_WIDTH_COLON, COLON);
  }

  private static int valueStart(String sample, Place place, int from) {
    String literal = oneColon(place.before);
    int found = sample.indexOf(literal, from);
    if (found >= 0) {
      return found + literal.length();
    }
    String label = oneColon(place.label);
    int labelled = label.isEmpty() ? -1 : sample.indexOf(label, from);
    if (labelled < 0) {
      return -1;
    }
    int start = labelled + label.length();
    while (start < sample.length() && (sample.charAt(start) == COLON || isBlank(sample, start))) {
      start++;
    }
    return start;
  }

  private static boolean isBlank(String sample, int at) {
    return sample.charAt(at) != '\n' && Character.isWhitespace(sample.charAt(at));
  }

  private static int valueEnd(String sample, String next, int start) {
    int found = next.isEmpty() ? -1 : sample.indexOf(next, start);
    int end = found >= 0 ? found : sample.indexOf('\n', start);
    return end >= 0 ? end : sample.length();
  }
}
