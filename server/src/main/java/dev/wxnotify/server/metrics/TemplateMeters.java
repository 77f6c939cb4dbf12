package dev.wxnotify.server.metrics;

import dev.wxnotify.server.template.TemplateListener;
import dev.wxnotify.server.template.TemplateSource.Answer;
import dev.wxnotify.server.template.TemplateSource.Fetched;
import dev.wxnotify.server.template.TemplateSource.Refused;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Counts what came of asking WeChat for templates; all meters of an app are made with it. */
final class TemplateMeters implements TemplateListener {
  private static final String FETCHED = "fetched";
  private static final String REFUSED = "refused";
  private static final String UNAVAILABLE = "unavailable";

  private final MeterRegistry registry;

  /** By app and result. */
  private final Map<String, Map<String, Counter>> fetches = new ConcurrentHashMap<>();

  TemplateMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Makes the meters of an app, if there are none. */
  void add(String appId) {
    fetches.computeIfAbsent(appId, id -> counters(registry, id));
  }

  /** Counts nothing of an app any more. */
  void forget(String appId) {
    fetches.remove(appId);
  }

  private static Map<String, Counter> counters(MeterRegistry registry, String appId) {
    return List.of(FETCHED, REFUSED, UNAVAILABLE).stream()
        .collect(
            Collectors.toUnmodifiableMap(
                Function.identity(),
                result ->
                    Counter.builder("wxnotify.templates.fetches")
                        .description("Requests of this replica for an app's templates.")
                        .tags("app", appId, "result", result)
                        .register(registry)));
  }

  @Override
  public void fetched(String appId, Answer answer) {
    Counter counter = fetches.getOrDefault(appId, Map.of()).get(label(answer));
    if (counter != null) {
      counter.increment();
    }
  }

  private static String label(Answer answer) {
    if (answer instanceof Fetched) {
      return FETCHED;
    }
    return answer instanceof Refused ? REFUSED : UNAVAILABLE;
  }
}
