package dev.wxnotify.server.journal;

import java.time.Instant;

/**
 * Something that WeChat, or a caller, reported after the fact.
 *
 * @param appId the app
 * @param openId the user
 * @param templateId the template
 * @param occurredAt when it happened, by WeChat's clock, in whole seconds
 * @param receivedAt when this server received it
 * @param detail what happened
 */
public record Event(
    String appId,
    String openId,
    String templateId,
    Instant occurredAt,
    Instant receivedAt,
    Detail detail) {

  /** What happened. */
  public sealed interface Detail {}

  /**
   * What became of a message that WeChat had accepted.
   *
   * @param delivered whether WeChat delivered it
   * @param messageId WeChat's msgid in decimal digits
   * @param errorCode WeChat's ErrorCode as it came; {@code 0} for a delivered message
   * @param errorStatus WeChat's ErrorStatus as it came
   */
  public record DeliveryReport(
      boolean delivered, String messageId, String errorCode, String errorStatus)
      implements Detail {}

  /**
   * What a user answered for one template.
   *
   * @param answer the answer
   * @param rawAnswer the answer in WeChat's word
   * @param source how the server learned of it
   * @param popupScene where the dialog was shown; empty for other sources than {@link Source#POPUP}
   */
  public record SubscriptionChange(
      Answer answer, String rawAnswer, Source source, String popupScene) implements Detail {}

  /** What a user answered. */
  public enum Answer {
    /** The user accepted. */
    ACCEPTED,
    /** The user rejected. */
    REJECTED,
    /** Something without effect on the subscription. */
    OTHER;

    /** Returns the meaning of WeChat's word. */
    public static Answer of(String rawAnswer) {
      return switch (rawAnswer) {
        case "accept", "acceptWithAudio", "acceptWithAlert" -> ACCEPTED;
        case "reject" -> REJECTED;
        default -> OTHER;
      };
    }
  }

  /** How the server learned of an answer. */
  public enum Source {
    /** The user answered a dialog. */
    POPUP,
    /** The user changed the settings. */
    SETTINGS,
    /** A caller reported it. */
    REPORTED
  }
}
