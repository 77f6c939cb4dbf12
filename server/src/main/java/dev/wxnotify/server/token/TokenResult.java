package dev.wxnotify.server.token;

/** What a caller of the cache receives: a token, or the reason why there is none. */
public sealed interface TokenResult permits AccessToken, NoToken {}
