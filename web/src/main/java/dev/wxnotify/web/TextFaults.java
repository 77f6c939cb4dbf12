package dev.wxnotify.web;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Compares the texts of the languages. */
final class TextFaults {
  private static final Pattern PLACE = Pattern.compile("\\{([^}]*)}");

  private TextFaults() {}

  static List<String> find(Map<Language, Map<String, String>> all) {
    List<String> faults = new ArrayList<>();
    Set<String> keys = new TreeSet<>();
    all.values().forEach(texts -> keys.addAll(texts.keySet()));
    for (String key : keys) {
      Set<Set<String>> places = new LinkedHashSet<>();
      for (Language language : Language.values()) {
        String text = all.getOrDefault(language, Map.of()).get(key);
        if (text == null) {
          faults.add(key + " is missing in " + language.tag());
        } else if (text.isBlank()) {
          faults.add(key + " is empty in " + language.tag());
        } else {
          places.add(places(text));
        }
      }
      if (places.size() > 1) {
        faults.add(key + " has different places for values: " + places);
      }
      for (Set<String> each : places) {
        each.stream()
            .filter(place -> !place.matches("[0-9]"))
            .forEach(place -> faults.add(key + " has a place {" + place + "}"));
      }
    }
    return faults;
  }

  private static Set<String> places(String text) {
    return PLACE
        .matcher(text)
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
