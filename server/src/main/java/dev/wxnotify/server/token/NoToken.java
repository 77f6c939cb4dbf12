package dev.wxnotify.server.token;

import java.time.Duration;

/**
 * No token is available now.
 *
 * @param refusal WeChat's answer, or why there was none
 * @param retryAfter when the cache tries again; never negative
 */
public record NoToken(IssueResult.Failure refusal, Duration retryAfter) implements TokenResult {}
