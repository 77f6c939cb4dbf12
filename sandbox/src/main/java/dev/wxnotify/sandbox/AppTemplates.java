package dev.wxnotify.sandbox;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The templates of each app: at first the same, then what the app adds and deletes. */
final class AppTemplates {

  /** Base64url makes 43 characters of them, which is the length of WeChat's ids. */
  private static final int ID_BYTES = 32;

  private final SecureRandom random = new SecureRandom();
  private final Map<String, SandboxTemplate> initial;
  private final int mostPerApp;

  /** The maps are never changed, only replaced, so that sends read them without a lock. */
  private final Map<String, Map<String, SandboxTemplate>> byApp = new ConcurrentHashMap<>();

  AppTemplates(List<SandboxTemplate> initial, int mostPerApp) {
    this.initial = new LinkedHashMap<>();
    initial.forEach(template -> this.initial.putIfAbsent(template.id(), template));
    this.mostPerApp = mostPerApp;
  }

  @Nullable SandboxTemplate find(String appId, String id) {
    return of(appId).get(id);
  }

  List<SandboxTemplate> list(String appId) {
    return List.copyOf(of(appId).values());
  }

  /** Those of all apps, each once. */
  List<SandboxTemplate> all() {
    Set<SandboxTemplate> all = new LinkedHashSet<>(initial.values());
    byApp.values().forEach(templates -> all.addAll(templates.values()));
    return List.copyOf(all);
  }

  /** Adds a template and gives it an id. */
  synchronized SandboxTemplate add(
      String appId, LibraryTemplate from, List<SandboxTemplate.Keyword> keywords) throws Refused {
    Map<String, SandboxTemplate> templates = new LinkedHashMap<>(of(appId));
    Set<SandboxTemplate.Keyword> wanted = Set.copyOf(keywords);
    for (SandboxTemplate other : templates.values()) {
      if (other.title().equals(from.title()) && Set.copyOf(other.keywords()).equals(wanted)) {
        throw new Refused(ManagementErrors.DUPLICATE_TEMPLATE);
      }
    }
    if (templates.size() >= mostPerApp) {
      throw new Refused(ManagementErrors.TOO_MANY_TEMPLATES);
    }
    SandboxTemplate added = new SandboxTemplate(newId(), from.title(), from.longTerm(), keywords);
    templates.put(added.id(), added);
    byApp.put(appId, Collections.unmodifiableMap(templates));
    return added;
  }

  /** Deletes a template, also one that was there at first. */
  synchronized void delete(String appId, String id) throws Refused {
    Map<String, SandboxTemplate> templates = new LinkedHashMap<>(of(appId));
    if (templates.remove(id) == null) {
      throw new Refused(ManagementErrors.NO_SUCH_TEMPLATE);
    }
    byApp.put(appId, Collections.unmodifiableMap(templates));
  }

  void reset() {
    byApp.clear();
  }

  private Map<String, SandboxTemplate> of(String appId) {
    return byApp.getOrDefault(appId, initial);
  }

  private String newId() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
