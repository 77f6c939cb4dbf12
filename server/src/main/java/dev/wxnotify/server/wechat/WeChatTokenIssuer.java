package dev.wxnotify.server.wechat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenIssuer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Asks WeChat for tokens of one app, by {@code POST /cgi-bin/stable_token} (WeChat:
 * getStableAccessToken) or by the classic {@code GET /cgi-bin/token} (WeChat: getAccessToken),
 * which supersedes the former token at every call.
 */
public final class WeChatTokenIssuer implements TokenIssuer {
  private static final String STABLE_PATH = "/cgi-bin/stable_token";
  private static final String CLASSIC_PATH = "/cgi-bin/token";
  private static final String GRANT_TYPE = "client_credential";
  private static final int OK = 200;

  /**
   * The life of a token that comes without one: what WeChat documents as the longest. It may be too
   * long, since a stable token comes with what is left of its life, and is safe all the same:
   * WeChat says when a token has ended (42001), and then it is renewed and the message sent again.
   * A shorter guess would do harm: of two tokens the one that ends later counts as the newer one.
   */
  private static final Duration DOCUMENTED_LIFE = Duration.ofHours(2);

  /** A longer life is a mistake, which would make all later tokens look older than this one. */
  private static final Duration LONGEST_LIFE = Duration.ofDays(365);

  private static final JsonFactory JSON = new JsonFactory();

  private final WeChatHttpClient http;
  private final Endpoint endpoint;
  private final String appId;
  private final Supplier<AppSecret> secret;

  /** Which of WeChat's two endpoints issues the tokens; they know nothing of each other. */
  public enum Endpoint {
    /** The same token for everybody who asks, while it lives. */
    STABLE,
    /** A new token for each call. */
    CLASSIC
  }

  /**
   * Asks for tokens of the app {@code appId}.
   *
   * @param secret asked at every call, since secrets change
   */
  public WeChatTokenIssuer(
      WeChatHttpClient http, Endpoint endpoint, String appId, Supplier<AppSecret> secret) {
    this.http = http;
    this.endpoint = endpoint;
    this.appId = appId;
    this.secret = secret;
  }

  @Override
  public CompletionStage<IssueResult> issue(Mode mode) {
    return switch (endpoint) {
      case STABLE -> stable(mode).thenApply(WeChatTokenIssuer::toResult);
      case CLASSIC -> classic().thenApply(WeChatTokenIssuer::toResult);
    };
  }

  private CompletableFuture<HttpResult> stable(Mode mode) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("grant_type", GRANT_TYPE);
      json.writeStringField("appid", appId);
      json.writeStringField("secret", secret.get().value());
      json.writeBooleanField("force_refresh", mode == Mode.FORCED);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return http.post(
        http.address(STABLE_PATH, null),
        text.toString().getBytes(StandardCharsets.UTF_8),
        () -> true);
  }

  private CompletableFuture<HttpResult> classic() {
    return http.get(
        http.address(
            CLASSIC_PATH,
            "grant_type="
                + GRANT_TYPE
                + "&appid="
                + URLEncoder.encode(appId, StandardCharsets.UTF_8)
                + "&secret="
                + URLEncoder.encode(secret.get().value(), StandardCharsets.UTF_8)));
  }

  private static IssueResult toResult(HttpResult result) {
    if (result instanceof HttpResult.NotWritten not) {
      return new IssueResult.Unavailable("WeChat could not be reached: " + not.explanation());
    }
    if (result instanceof HttpResult.Broken broken) {
      return new IssueResult.Unavailable("no answer from WeChat: " + broken.explanation());
    }
    HttpResult.Answered answered = (HttpResult.Answered) result;
    WeChatAnswer answer = answered.status() == OK ? answered.answer() : null;
    if (answer == null) {
      return new IssueResult.Unavailable(
          "WeChat answered HTTP " + answered.status() + " with a body that cannot be read");
    }
    Integer errcode = answer.errcode();
    if (errcode != null && errcode != 0) {
      return new IssueResult.Refused(kindOf(errcode), errcode, answer.errmsg(), answer.rid());
    }
    return answer.accessToken().isEmpty()
        ? new IssueResult.Unavailable("WeChat's answer has no access_token")
        : issued(answer);
  }

  private static IssueResult issued(WeChatAnswer answer) {
    if (answer.isLifeUnclear()) {
      return new IssueResult.Unavailable(
          "WeChat's answer has an expires_in that is not a number of seconds");
    }
    Long life = answer.expiresIn();
    if (life == null) {
      return new IssueResult.Issued(answer.accessToken(), DOCUMENTED_LIFE);
    }
    if (life <= 0 || life > LONGEST_LIFE.toSeconds()) {
      return new IssueResult.Unavailable(
          "WeChat's answer has an expires_in of "
              + life
              + " seconds (expected: 1 to "
              + LONGEST_LIFE.toSeconds()
              + ")");
    }
    return new IssueResult.Issued(answer.accessToken(), Duration.ofSeconds(life));
  }

  /** At a token endpoint 40001 means a wrong AppSecret, so that most codes are the operator's. */
  static IssueResult.Refused.Kind kindOf(int errcode) {
    WeChatErrcode code = WeChatErrcode.of(errcode);
    boolean passes =
        code == WeChatErrcode.SYSTEM_BUSY
            || code == WeChatErrcode.DAILY_QUOTA
            || code == WeChatErrcode.MINUTE_QUOTA;
    return passes ? IssueResult.Refused.Kind.BUSY : IssueResult.Refused.Kind.CREDENTIALS;
  }
}
