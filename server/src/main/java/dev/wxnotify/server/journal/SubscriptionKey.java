package dev.wxnotify.server.journal;

/**
 * What a subscription belongs to.
 *
 * @param appId the app
 * @param openId the user
 * @param templateId the template
 */
public record SubscriptionKey(String appId, String openId, String templateId) {}
