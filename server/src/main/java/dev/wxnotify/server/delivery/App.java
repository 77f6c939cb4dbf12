package dev.wxnotify.server.delivery;

import dev.wxnotify.server.token.TokenCache;

/**
 * One Mini Program that this server sends for.
 *
 * @param appId its AppID
 * @param tokens its access token
 * @param seckill how it sends flash-sale reminders
 */
public record App(String appId, TokenCache tokens, SeckillTemplate seckill) {}
