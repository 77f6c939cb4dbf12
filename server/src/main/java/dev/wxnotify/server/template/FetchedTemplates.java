package dev.wxnotify.server.template;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The templates of an app, as WeChat listed them at one time. */
public final class FetchedTemplates {
  private final List<Template> all;
  private final Map<String, Template> byId = new HashMap<>();
  private final Instant fetchedAt;

  FetchedTemplates(List<Template> all, Instant fetchedAt) {
    this.all = all;
    this.fetchedAt = fetchedAt;
    all.forEach(template -> byId.putIfAbsent(template.id(), template));
  }

  /** Returns the templates in WeChat's order. */
  public List<Template> all() {
    return all;
  }

  /** Returns the template with this id; null if there is none. */
  public @Nullable Template find(String templateId) {
    return byId.get(templateId);
  }

  /** Returns when WeChat answered with them. */
  public Instant fetchedAt() {
    return fetchedAt;
  }
}
