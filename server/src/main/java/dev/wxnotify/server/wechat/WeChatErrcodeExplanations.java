package dev.wxnotify.server.wechat;

import dev.wxnotify.server.delivery.ErrcodeExplanations;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import org.jspecify.annotations.Nullable;

/** Says in words what the server knows of WeChat's error codes, and what it does about them. */
public final class WeChatErrcodeExplanations implements ErrcodeExplanations {

  @Override
  public @Nullable Entry find(int errcode) {
    WeChatErrcode code = WeChatErrcode.of(errcode);
    return code == null ? null : new Entry(outcome(code), meaning(code), action(code));
  }

  private static SendOutcome outcome(WeChatErrcode code) {
    Rejected.Reason rejection = code.rejection();
    if (rejection != null) {
      return new SendOutcome.Rejected(rejection, null);
    }
    return switch (code.meaning()) {
      case REJECTED, BUSY -> new SendOutcome.Rejected(Rejected.Reason.WECHAT_BUSY, null);
      case TOKEN, CREDENTIALS -> new SendOutcome.NotSent(NotSent.Reason.WECHAT_CREDENTIALS, "");
    };
  }

  private static String meaning(WeChatErrcode code) {
    return switch (code) {
      case SYSTEM_BUSY -> "WeChat is busy and did not accept the message.";
      case INVALID_CREDENTIAL ->
          "For a send: the access token was superseded or is wrong. For a token call: the AppSecret"
              + " is wrong.";
      case INVALID_OPEN_ID ->
          "The open id is malformed, or it belongs to another app: an open id is valid in"
              + " one Mini Program only.";
      case INVALID_APP_ID -> "WeChat does not know the AppID.";
      case INVALID_ACCESS_TOKEN -> "The access token is malformed or unknown.";
      case INVALID_TEMPLATE ->
          "The template id is unknown, was deleted, or is another Mini Program's.";
      case INVALID_APP_SECRET -> "The AppSecret is wrong.";
      case ADDRESS_NOT_LISTED -> "The server's egress address is not on the app's IP list.";
      case APP_SECRET_FROZEN -> "The AppSecret was frozen.";
      case ACCESS_TOKEN_MISSING ->
          "The request has no access token. In WeChat's cloud hosting the open interface service is"
              + " not in effect.";
      case INVALID_PAGE -> "The page is not in the released version of the Mini Program.";
      case ACCESS_TOKEN_EXPIRED -> "The access token has expired.";
      case USER_REFUSED ->
          "The user has not subscribed to the template, has used up the subscription, or has"
              + " revoked it. This is normal.";
      case SUBSCRIBE_MESSAGE_BANNED ->
          "The account or the template is banned from subscribe messages.";
      case CONCURRENT_OPEN_ID -> "Two messages to one user arrived at WeChat at the same time.";
      case DAILY_QUOTA -> "The day's quota of the API is used up.";
      case MINUTE_QUOTA -> "Messages arrived faster than WeChat's limit for a minute.";
      case KEYWORD_BLOCKED -> "The content has a word that WeChat blocks.";
      case INVALID_ARGUMENT ->
          "A value of the template data breaks the rule of its keyword, or a keyword is missing.";
      case API_UNAUTHORIZED -> "The app may not use the API.";
      case API_FORBIDDEN -> "WeChat has banned the app from the API for an irregularity.";
      case USER_UNAUTHORIZED -> "The account is frozen.";
      case USER_LIMITED -> "The account is restricted.";
      case ADDRESS_NOT_REGISTERED ->
          "The server's address is not registered at the third-party platform.";
      case COMPONENT_UNAUTHORIZED -> "The third-party platform lacks the permission.";
      case HOSTING_PATH_NOT_LISTED ->
          "The API path is not in the list of paths that the cloud hosting's token may be used"
              + " for.";
      case HOSTING_SECRET_MISSING ->
          "The cloud hosting has no secret of the Mini Program (cloudbase_secret not found).";
      case HOSTING_NOT_READY ->
          "The cloud hosting has no token yet, and did not pass the message on.";
    };
  }

  private static String action(WeChatErrcode code) {
    return switch (code) {
      case SYSTEM_BUSY, CONCURRENT_OPEN_ID ->
          "Nothing at first: the server retries a few times. Callers retry after retry_after. Check"
              + " whether other senders use this app.";
      case INVALID_CREDENTIAL, INVALID_ACCESS_TOKEN, ACCESS_TOKEN_EXPIRED ->
          "Nothing at first: the server refreshes the token once and sends again. If the error"
              + " persists, check the AppSecret, and look for another system that fetches tokens of"
              + " this app from the classic endpoint. Where another system keeps the token"
              + " (token.source), check that it renews it.";
      case ACCESS_TOKEN_MISSING ->
          "Turn on the open interface service in the console of the cloud hosting, and deploy a"
              + " version after that; check wxnotify.apps.NAME.token.source=none and a base-url"
              + " that begins with http://.";
      case HOSTING_PATH_NOT_LISTED ->
          "Add /cgi-bin/message/subscribe/send to the list of the token's paths in the console of"
              + " the cloud hosting.";
      case HOSTING_SECRET_MISSING ->
          "Check in the console of the cloud hosting that its environment belongs to this Mini"
              + " Program.";
      case HOSTING_NOT_READY ->
          "Nothing at first: the server retries a few times. Callers retry after retry_after. If"
              + " it persists, restart the container.";
      case INVALID_OPEN_ID ->
          "Callers drop the recipient, and check that the open id belongs to the app_id.";
      case INVALID_TEMPLATE ->
          "Compare the template id with the list in the console of this Mini Program.";
      case INVALID_PAGE ->
          "Callers correct the page; a new page is valid from the Mini Program's next release on.";
      case USER_REFUSED -> "Callers ask the user again in the Mini Program.";
      case INVALID_ARGUMENT ->
          "Callers correct the value of the field that the error names; WeChat names one only.";
      case KEYWORD_BLOCKED -> "Callers change the text.";
      case DAILY_QUOTA ->
          "Wait for the next day (Beijing time), or clear or raise the quota in the console.";
      case MINUTE_QUOTA -> "Callers retry after retry_after, at a lower rate.";
      case INVALID_APP_ID -> "Correct wxnotify.apps.NAME.app-id.";
      case INVALID_APP_SECRET ->
          "Correct the AppSecret; a changed app-secret-file is read automatically.";
      case APP_SECRET_FROZEN -> "Unfreeze the AppSecret in the console.";
      case ADDRESS_NOT_LISTED, ADDRESS_NOT_REGISTERED ->
          "Add the address that WeChat's text names to the list.";
      case API_UNAUTHORIZED, COMPONENT_UNAUTHORIZED -> "Request the permission in the console.";
      case SUBSCRIBE_MESSAGE_BANNED, API_FORBIDDEN, USER_UNAUTHORIZED, USER_LIMITED ->
          "Stop the campaign and read the notices in the console of the account.";
    };
  }
}
