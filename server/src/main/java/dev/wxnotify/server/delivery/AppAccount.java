package dev.wxnotify.server.delivery;

import dev.wxnotify.server.token.NoToken;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The account of one app at WeChat, as far as it concerns calls: what WeChat recorded of them, and
 * their quotas. Each method asks WeChat once, and its stage always completes normally, within a
 * bounded time.
 */
public interface AppAccount {

  /** Asks for one request by its rid; {@link Unknown} where WeChat does not have it. */
  CompletionStage<Answer<RecordedCall>> lookUp(String rid);

  /**
   * Asks for the quota of a path, such as {@code /cgi-bin/message/subscribe/send}; {@link Unknown}
   * where WeChat does not have the path.
   */
  CompletionStage<Answer<CallQuota>> quota(String path);

  /** Resets the daily quotas of all paths. */
  CompletionStage<Answer<QuotasCleared>> clearQuotas();

  /**
   * A request as WeChat recorded it, without secrets.
   *
   * @param invokedAt when it came; null where WeChat does not say
   * @param cost how long WeChat worked on it; null where WeChat does not say
   * @param query its query
   * @param requestBody its body; may be empty
   * @param responseBody WeChat's answer
   * @param clientIp where it came from
   */
  record RecordedCall(
      @Nullable Instant invokedAt,
      @Nullable Duration cost,
      String query,
      String requestBody,
      String responseBody,
      String clientIp) {

    /** The bodies may hold an open id and content. */
    @Override
    public String toString() {
      return "RecordedCall[" + invokedAt + "]";
    }
  }

  /**
   * The quota of a path.
   *
   * @param perDay the calls of a day
   * @param used those that were made
   * @param left those that are left
   * @param rate the calls within {@code period}; null where WeChat names none
   * @param period null where WeChat names none
   */
  record CallQuota(
      long perDay, long used, long left, @Nullable Long rate, @Nullable Duration period) {}

  /** The quotas are reset. */
  record QuotasCleared() {}

  /**
   * What came of asking.
   *
   * @param <T> what was asked for
   */
  sealed interface Answer<T> {}

  /** WeChat gave what was asked for. */
  record Given<T>(T value) implements Answer<T> {}

  /** WeChat does not have what was asked for. */
  record Unknown<T>(WeChatError error) implements Answer<T> {}

  /**
   * WeChat refused, or could not be asked.
   *
   * @param outcome what a message would have ended with, a rejection or a message not sent
   */
  record Failed<T>(SendOutcome outcome) implements Answer<T> {}

  /** There is no token to ask with. */
  record WithoutToken<T>(NoToken why) implements Answer<T> {}
}
