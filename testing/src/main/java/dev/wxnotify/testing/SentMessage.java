package dev.wxnotify.testing;

import java.util.Map;

/**
 * A message that the fake WeChat accepted.
 *
 * @param messageId WeChat's id, as in the response
 * @param page the page that a tap opens; empty for none
 * @param data the values by keyword: {@code thing1} and so on
 * @param body the exact request, in JSON
 */
public record SentMessage(
    String messageId,
    String appId,
    String openId,
    String templateId,
    String page,
    Map<String, String> data,
    String body) {}
