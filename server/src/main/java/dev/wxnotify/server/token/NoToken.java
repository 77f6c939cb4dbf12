package dev.wxnotify.server.token;

import java.time.Duration;

/**
 * No token is to be had now.
 *
 * @param refusal what WeChat said, or why it could not be asked
 * @param retryAfter when the cache will try again; never negative
 */
public record NoToken(IssueResult.Failure refusal, Duration retryAfter) implements TokenResult {}
