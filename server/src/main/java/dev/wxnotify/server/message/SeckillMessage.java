package dev.wxnotify.server.message;

/**
 * A flash-sale reminder as the caller gives it; {@link SeckillTemplate} turns it into a message.
 *
 * @param openId the recipient
 * @param templateId the template; empty for the configured one
 * @param goodsName what is sold
 * @param time when the sale begins, in one of WeChat's time or date formats
 * @param corpId goes into the page's query
 * @param customerId goes into the page's query
 * @param state the version of the Mini Program that a tap opens
 * @param language the language of the message's frame
 */
public record SeckillMessage(
    String openId,
    String templateId,
    String goodsName,
    String time,
    String corpId,
    String customerId,
    MiniProgramState state,
    Language language) {

  /** Never contains the open id or the customer. */
  @Override
  public String toString() {
    return "SeckillMessage[" + templateId + "]";
  }
}
