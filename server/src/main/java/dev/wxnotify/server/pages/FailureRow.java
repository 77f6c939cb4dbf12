package dev.wxnotify.server.pages;

import dev.wxnotify.server.pages.Explanations.Explanation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reason for which messages of an app failed.
 *
 * @param state how often, and what WeChat said
 * @param reason the reason as callers know it
 * @param explanation what it means; null where that is not known
 */
record FailureRow(FailureState state, String reason, @Nullable Explanation explanation) {

  /**
   * Returns the rows, the most frequent first.
   *
   * @param appId the app; empty for all
   */
  static List<FailureRow> of(
      ConsoleData data, String appId, Explanations explanations, PageTexts texts) {
    return data.failures().stream()
        .filter(each -> appId.isEmpty() || each.appId().equals(appId))
        .map(
            each ->
                new FailureRow(
                    each,
                    ReasonNames.ofContract(each.reason()),
                    explanations.of(texts, each.reason(), each.error(), data::explanation)))
        .toList();
  }

  /** Returns how many messages failed. */
  static long sum(List<FailureRow> rows) {
    return rows.stream().mapToLong(row -> row.state().count()).sum();
  }
}
