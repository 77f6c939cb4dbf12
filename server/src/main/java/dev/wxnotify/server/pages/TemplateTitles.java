package dev.wxnotify.server.pages;

import dev.wxnotify.server.template.Template;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The titles of templates, as they were when a page was made. */
final class TemplateTitles {
  private final Map<String, String> titles = new HashMap<>();

  TemplateTitles(Collection<AppState> apps) {
    for (AppState app : apps) {
      for (Template each : app.templates()) {
        titles.put(key(app.appId(), each.id()), each.title());
      }
    }
  }

  /** Returns the title of a template; empty where it is not known. */
  String of(String appId, String templateId) {
    return titles.getOrDefault(key(appId, templateId), "");
  }

  private static String key(String appId, String templateId) {
    return appId + " " + templateId; // No AppID has a space.
  }
}
