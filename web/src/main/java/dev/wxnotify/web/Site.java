package dev.wxnotify.web;

import java.util.List;

/**
 * What all pages of one product have.
 *
 * @param texts its texts; {@code site.name} is its name, which stands at the top and in each title
 * @param links its pages, in their order
 * @param styles its own style sheets, by their names in {@link Assets}
 * @param scripts its own scripts, by their names in {@link Assets}
 */
public record Site(Texts texts, List<Link> links, List<String> styles, List<String> scripts) {

  /** Copies the lists. */
  public Site {
    links = List.copyOf(links);
    styles = List.copyOf(styles);
    scripts = List.copyOf(scripts);
  }

  /**
   * A page in the bar at the top.
   *
   * @param path as in {@code /messages}
   * @param key of its text
   */
  public record Link(String path, String key) {}
}
