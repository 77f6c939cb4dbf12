package dev.wxnotify.server.delivery;

/**
 * What WeChat said with an errcode that is not 0.
 *
 * @param errcode the code, by which alone an error is classified
 * @param errmsg the text as it came, without its rid
 * @param rid WeChat's id of the request; empty where it gave none
 */
public record WeChatError(int errcode, String errmsg, String rid) {}
