package dev.wxnotify.sandbox;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * A template of WeChat's public library, from which an app makes its own.
 *
 * @param tid its number in the library
 * @param title its title
 * @param longTerm true if one subscription allows many messages
 * @param categoryId the category that it belongs to
 * @param entries the keywords to choose from
 */
record LibraryTemplate(
    int tid, String title, boolean longTerm, int categoryId, List<Entry> entries) {

  private static final int FIRST_FIXED = 10_000_001;
  private static final int LAST_FIXED = 19_999_999;
  private static final int FEWEST = 2;
  private static final int MOST = 5;

  /**
   * A keyword to choose.
   *
   * @param kid its number, which is also the number in the keyword of a message
   * @param name the text before the value
   * @param example a valid value
   * @param rule the type of the value, as in {@code thing1}
   * @param values the only values allowed; empty unless the keyword is an enumeration
   */
  record Entry(int kid, String name, String example, String rule, List<String> values) {

    Entry(int kid, String name, String example, String rule) {
      this(kid, name, example, rule, List.of());
    }

    private SandboxTemplate.Keyword keyword() {
      return new SandboxTemplate.Keyword(rule + kid, name, example, values);
    }
  }

  LibraryTemplate {
    entries = List.copyOf(entries);
  }

  /** True for the newer kind, whose keywords cannot be chosen. */
  boolean isFixed() {
    return tid >= FIRST_FIXED && tid <= LAST_FIXED;
  }

  /** The keywords in the order of {@code kids}; fails if the choice is not allowed. */
  List<SandboxTemplate.Keyword> choose(List<Integer> kids) throws Refused {
    if (isFixed() && kids.isEmpty()) {
      return entries.stream().map(Entry::keyword).toList();
    }
    boolean distinct = new HashSet<>(kids).size() == kids.size();
    if (isFixed() || kids.size() < FEWEST || kids.size() > MOST || !distinct) {
      throw new Refused(ManagementErrors.BAD_KEYWORDS);
    }
    List<SandboxTemplate.Keyword> chosen = new ArrayList<>();
    for (int kid : kids) {
      chosen.add(
          entry(kid).orElseThrow(() -> new Refused(ManagementErrors.BAD_KEYWORDS)).keyword());
    }
    return chosen;
  }

  private Optional<Entry> entry(int kid) {
    return entries.stream().filter(entry -> entry.kid() == kid).findFirst();
  }
}
