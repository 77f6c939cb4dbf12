package dev.wxnotify.server.push;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The apps of the configuration whose pushes are accepted, and which of them have a wrong key.
 *
 * <p>Concurrency: one volatile write makes other apps visible; the troubles are a concurrent set.
 */
public final class PushApps {
  private volatile Map<String, PushApp> byName = Map.of();
  private volatile Map<String, PushApp> byId = Map.of();
  private final Set<String> wrongKeys = ConcurrentHashMap.newKeySet();

  /** Uses other apps from now on; pushes that arrived before go on with what they found. */
  public void replace(List<PushApp> apps) {
    byName = by(apps, PushApp::name);
    byId = by(apps, PushApp::appId);
    wrongKeys.retainAll(byId.keySet());
  }

  private static Map<String, PushApp> by(List<PushApp> apps, Function<PushApp, String> name) {
    return apps.stream().collect(Collectors.toUnmodifiableMap(name, Function.identity()));
  }

  @Nullable PushApp named(String name) {
    return byName.get(name);
  }

  @Nullable PushApp withId(String appId) {
    return byId.get(appId);
  }

  /**
   * Keeps what the last encrypted push of an app showed. Only WeChat, and who knows the token, can
   * make such a push: a stranger cannot make the server look degraded.
   */
  void decrypted(String appId, boolean isRightKey) {
    if (!isRightKey) {
      wrongKeys.add(appId);
    } else if (!wrongKeys.isEmpty()) {
      wrongKeys.remove(appId);
    }
  }

  /**
   * How the pushes of an app arrive.
   *
   * @param path the path of its push URL
   * @param mode the mode in the word of the configuration
   * @param isKeyWrong whether its last encrypted push could not be decrypted
   * @param isForwarded whether pushes that are not for this server are passed on
   */
  public record State(String path, String mode, boolean isKeyWrong, boolean isForwarded) {}

  /** Returns how the pushes of an app arrive; null where they are not accepted. */
  public @Nullable State state(String appId) {
    PushApp app = byId.get(appId);
    return app == null
        ? null
        : new State(
            PushRoutes.PREFIX + app.name(),
            app.mode().name().toLowerCase(Locale.ROOT),
            wrongKeys.contains(appId),
            app.forwardUrl() != null);
  }

  /** Returns what the operator has to correct; empty for nothing. */
  public Optional<String> trouble() {
    List<String> apps = wrongKeys.stream().filter(byId::containsKey).sorted().toList();
    return apps.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "pushes of "
                + String.join(", ", apps)
                + " cannot be decrypted: push.encoding-aes-key or app-id is not that of WeChat's"
                + " console");
  }
}
