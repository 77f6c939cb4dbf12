package dev.wxnotify.server.pages;

import dev.wxnotify.server.pages.ConfigurationState.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The keys that a viewer looks for, by section.
 *
 * @param text what they contain, in any case; empty for all
 * @param onlySet whether those are left out that nobody set
 * @param sections the keys of each section, in the order of the documentation
 */
record FoundSettings(String text, boolean onlySet, Map<String, List<Setting>> sections) {

  static FoundSettings of(ConfigurationState configuration, String text, boolean onlySet) {
    String part = text.strip().toLowerCase(Locale.ROOT);
    Map<String, List<Setting>> sections = new LinkedHashMap<>();
    for (Setting each : configuration.settings()) {
      boolean isFound =
          each.key().toLowerCase(Locale.ROOT).contains(part)
              || each.value().toLowerCase(Locale.ROOT).contains(part);
      if (isFound && (!onlySet || isSet(each))) {
        sections.computeIfAbsent(each.section(), section -> new ArrayList<>()).add(each);
      }
    }
    return new FoundSettings(text, onlySet, sections);
  }

  private static boolean isSet(Setting setting) {
    return switch (setting.origin()) {
      case COMMAND, ENVIRONMENT, FILE -> true;
      case DEFAULT, NONE -> false;
    };
  }
}
