package dev.wxnotify.server.journal;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Takes message pushes of WeChat from whoever owns the push URL of a Mini Program. */
public interface PushIntake {
  /**
   * Verifies a push and stores its events, as if it had come to this server's own endpoint; it is
   * never forwarded. Never blocks.
   *
   * <p>The stage fails with {@link PushRejectedException} where the push is not genuine or cannot
   * be read, and with {@link JournalUnavailableException} where an event cannot be stored: WeChat
   * must push it again.
   *
   * @param appId the AppID of a configured app
   * @param query the decoded parameters of the request's query; with {@code echostr} and an empty
   *     body it is WeChat's verification of the URL
   * @param body the body of the request; not changed
   */
  CompletionStage<Result> ingest(String appId, Map<String, String> query, byte[] body);

  /**
   * The answer to a push.
   *
   * @param body what WeChat is to be answered, in UTF-8, with HTTP status 200
   * @param isHandled whether it was an event of this server or the verification of the URL; every
   *     other push is for the owner of the URL
   */
  record Result(String body, boolean isHandled) {}
}
