package dev.wxnotify.sandbox;

import java.time.Instant;

/**
 * A message that the sandbox has accepted.
 *
 * @param msgid its id, above 2^53
 * @param body the exact request
 */
public record AcceptedMessage(
    long msgid, String appId, String openId, String templateId, RawBody body, Instant time) {}
