package dev.wxnotify.server.wechat;

import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * WeChat's error codes that the server handles; the text of an answer is never evaluated. Sources:
 * the pages of sendMessage, getStableAccessToken and getAccessToken, the global table of return
 * codes, and the questions about the cloud hosting.
 */
enum WeChatErrcode {
  /** The platform is busy. */
  SYSTEM_BUSY(-1, Meaning.BUSY, Rejected.Reason.WECHAT_BUSY),
  /** For a send: the token was superseded. For a token: the AppSecret is wrong. */
  INVALID_CREDENTIAL(40001, Meaning.TOKEN, null),
  /** The open id is empty, foreign or malformed. */
  INVALID_OPEN_ID(40003, Meaning.REJECTED, Rejected.Reason.INVALID_OPEN_ID),
  /** The AppID is wrong. */
  INVALID_APP_ID(40013, Meaning.CREDENTIALS, null),
  /** The token is malformed or unknown. */
  INVALID_ACCESS_TOKEN(40014, Meaning.TOKEN, null),
  /** The template is unknown, was deleted, or belongs to another account. */
  INVALID_TEMPLATE(40037, Meaning.REJECTED, Rejected.Reason.INVALID_TEMPLATE),
  /** The AppSecret is wrong. */
  INVALID_APP_SECRET(40125, Meaning.CREDENTIALS, null),
  /** The server's address is not on the list. */
  ADDRESS_NOT_LISTED(40164, Meaning.CREDENTIALS, null),
  /** The AppSecret is frozen. */
  APP_SECRET_FROZEN(40243, Meaning.CREDENTIALS, null),
  /**
   * The request has no token: the cloud hosting, which should know the caller, is not in effect.
   */
  ACCESS_TOKEN_MISSING(41001, Meaning.CREDENTIALS, null),
  /** The page is not in the released version. */
  INVALID_PAGE(41030, Meaning.REJECTED, Rejected.Reason.INVALID_PAGE),
  /** The token has expired. */
  ACCESS_TOKEN_EXPIRED(42001, Meaning.TOKEN, null),
  /** The user has no subscription left. */
  USER_REFUSED(43101, Meaning.REJECTED, Rejected.Reason.USER_NOT_SUBSCRIBED),
  /** The account or the template is banned from subscribe messages. */
  SUBSCRIBE_MESSAGE_BANNED(43107, Meaning.REJECTED, Rejected.Reason.APP_RESTRICTED),
  /** Two sends to one open id at the same time. */
  CONCURRENT_OPEN_ID(43108, Meaning.BUSY, Rejected.Reason.RECIPIENT_BUSY),
  /** The daily quota of the API is used up. */
  DAILY_QUOTA(45009, Meaning.REJECTED, Rejected.Reason.DAILY_QUOTA_EXHAUSTED),
  /** The quota of this minute is used up. */
  MINUTE_QUOTA(45011, Meaning.BUSY, Rejected.Reason.RATE_LIMITED),
  /** The content contains a blocked word. */
  KEYWORD_BLOCKED(45168, Meaning.REJECTED, Rejected.Reason.CONTENT_BLOCKED),
  /** A value breaks its rule, or a keyword is missing. */
  INVALID_ARGUMENT(47003, Meaning.REJECTED, Rejected.Reason.INVALID_TEMPLATE_DATA),
  /** The app may not use the API. */
  API_UNAUTHORIZED(48001, Meaning.CREDENTIALS, null),
  /** The API is banned because of violations. */
  API_FORBIDDEN(48004, Meaning.REJECTED, Rejected.Reason.APP_RESTRICTED),
  /** The account is frozen. */
  USER_UNAUTHORIZED(50001, Meaning.REJECTED, Rejected.Reason.APP_RESTRICTED),
  /** The account is restricted. */
  USER_LIMITED(50002, Meaning.REJECTED, Rejected.Reason.APP_RESTRICTED),
  /** The server's address is not registered (third-party platforms). */
  ADDRESS_NOT_REGISTERED(61004, Meaning.CREDENTIALS, null),
  /** The third-party platform lacks the permission. */
  COMPONENT_UNAUTHORIZED(61007, Meaning.CREDENTIALS, null),
  /** The path is not in the list of the cloud hosting's token. */
  HOSTING_PATH_NOT_LISTED(85107, Meaning.CREDENTIALS, null),
  /** The cloud hosting has no secret of the app. */
  HOSTING_SECRET_MISSING(85112, Meaning.CREDENTIALS, null),
  /**
   * The cloud hosting has no token yet, and says to try again later: it had nothing to pass the
   * message on with, so that WeChat has surely not taken it.
   */
  HOSTING_NOT_READY(85113, Meaning.BUSY, Rejected.Reason.WECHAT_BUSY);

  /** What a code means for the next step. */
  enum Meaning {
    /** The message is rejected, and a retry of ours changes nothing. */
    REJECTED,
    /** WeChat did not take the message, and may take it later. */
    BUSY,
    /** Another token is needed. */
    TOKEN,
    /** Only the operator can act. */
    CREDENTIALS
  }

  private static final Map<Integer, WeChatErrcode> BY_CODE =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(WeChatErrcode::code, Function.identity()));

  private final int code;
  private final Meaning meaning;
  private final Rejected.@Nullable Reason rejection;

  WeChatErrcode(int code, Meaning meaning, Rejected.@Nullable Reason rejection) {
    this.code = code;
    this.meaning = meaning;
    this.rejection = rejection;
  }

  /** Returns WeChat's number. */
  int code() {
    return code;
  }

  Meaning meaning() {
    return meaning;
  }

  /** Returns the reason of a code that means REJECTED or BUSY; otherwise null. */
  Rejected.@Nullable Reason rejection() {
    return rejection;
  }

  /** Returns null for a code that is not in the table. */
  static @Nullable WeChatErrcode of(int errcode) {
    return BY_CODE.get(errcode);
  }
}
