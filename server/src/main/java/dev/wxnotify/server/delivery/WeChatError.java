package dev.wxnotify.server.delivery;

/**
 * WeChat's answer with an errcode that is not 0.
 *
 * @param errcode the code, which alone classifies the error
 * @param errmsg the text as received, without its rid
 * @param rid WeChat's id of the request; empty where there was none
 */
public record WeChatError(int errcode, String errmsg, String rid) {}
