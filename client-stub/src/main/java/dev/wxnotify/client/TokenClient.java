package dev.wxnotify.client;

import dev.wxnotify.v1.GetAccessTokenRequest;
import dev.wxnotify.v1.GetAccessTokenResponse;
import dev.wxnotify.v1.RejectAccessTokenRequest;
import dev.wxnotify.v1.RejectAccessTokenResponse;
import dev.wxnotify.v1.TokenServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Gets the access tokens that wxnotify keeps, for other calls of WeChat's API. The caller needs the
 * right {@code tokens}. It is a part of a {@link NotificationClient}, which closes it.
 *
 * <pre>{@code
 * TokenClient tokens = client.tokens();
 * GetAccessTokenResponse token = tokens.get();
 * int errcode = callWeChat(token.getAccessToken());
 * if (errcode == 40001 || errcode == 40014 || errcode == 42001) {
 *   tokens.reject(token.getFingerprint(), errcode);
 *   callWeChat(tokens.get().getAccessToken());
 * }
 * }</pre>
 *
 * <p>Ask before each use: the server has the token in memory. Where one is kept, ask again at four
 * fifths of its life. All calls can be repeated, and fail with a {@link SendException}.
 */
public final class TokenClient {
  private final Channel channel;
  private final CallOptions options;
  private final Duration deadline;

  TokenClient(Channel channel, CallOptions options, Duration deadline) {
    this.channel = channel;
    this.options = options;
    this.deadline = deadline;
  }

  /**
   * Returns the token of the default app.
   *
   * @throws SendException if there is none within the default deadline, or the caller may not have
   *     it
   */
  public GetAccessTokenResponse get() {
    return get("");
  }

  /**
   * Returns the token of one app.
   *
   * @param appId its AppID; empty for the default app
   * @throws SendException as {@link #get()}
   */
  public GetAccessTokenResponse get(String appId) {
    return startGet(appId).await();
  }

  /**
   * Asks for the token of one app.
   *
   * @param appId its AppID; empty for the default app
   * @return its token, or a {@link SendException}; completed on a gRPC thread, which must not be
   *     blocked
   */
  public CompletableFuture<GetAccessTokenResponse> getAsync(String appId) {
    return startGet(appId);
  }

  /**
   * Reports that WeChat refused a token of the default app, and waits for its renewal.
   *
   * @param fingerprint of the token; if it is not the current one any more, nothing happens
   * @param errcode what WeChat answered: 40001, 40014 or 42001
   * @throws SendException if the renewal fails, or there were too many reports
   */
  public void reject(String fingerprint, int errcode) {
    reject("", fingerprint, errcode);
  }

  /**
   * Reports that WeChat refused a token of one app, and waits for its renewal.
   *
   * @param appId its AppID; empty for the default app
   * @param fingerprint as {@link #reject(String, int)}
   * @param errcode as {@link #reject(String, int)}
   * @throws SendException as {@link #reject(String, int)}
   */
  public void reject(String appId, String fingerprint, int errcode) {
    startReject(appId, fingerprint, errcode).await();
  }

  /**
   * Reports that WeChat refused a token of one app.
   *
   * @param appId its AppID; empty for the default app
   * @param fingerprint as {@link #reject(String, int)}
   * @param errcode as {@link #reject(String, int)}
   * @return completed when the token is renewed, as {@link #getAsync}
   */
  public CompletableFuture<RejectAccessTokenResponse> rejectAsync(
      String appId, String fingerprint, int errcode) {
    return startReject(appId, fingerprint, errcode);
  }

  private UnaryCall<GetAccessTokenRequest, GetAccessTokenResponse> startGet(String appId) {
    return UnaryCall.start(
        channel,
        TokenServiceGrpc.getGetAccessTokenMethod(),
        options.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS),
        GetAccessTokenRequest.newBuilder().setAppId(appId).build(),
        true);
  }

  private UnaryCall<RejectAccessTokenRequest, RejectAccessTokenResponse> startReject(
      String appId, String fingerprint, int errcode) {
    return UnaryCall.start(
        channel,
        TokenServiceGrpc.getRejectAccessTokenMethod(),
        options.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS),
        RejectAccessTokenRequest.newBuilder()
            .setAppId(appId)
            .setFingerprint(fingerprint)
            .setWechatErrcode(errcode)
            .build(),
        true);
  }
}
