package dev.wxnotify.server.wechat;

import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenReader;
import dev.wxnotify.server.token.TokenText;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks an HTTP endpoint of the company for the token. It answers a GET as WeChat's {@code
 * /cgi-bin/token} does (WeChat: getAccessToken), by {@code access_token} and {@code expires_in}, or
 * by {@code errcode} and {@code errmsg}. Redirects are not followed.
 */
public final class UrlTokenReader implements TokenReader {
  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  /** Read again when this part of the life is over. */
  private static final double PART = 0.8;

  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration LONGEST_LIFE = Duration.ofDays(365);

  /** For an answer without {@code expires_in}: WeChat says when the token has ended. */
  private static final Duration UNKNOWN_LIFE = Duration.ofMinutes(2);

  private static final Duration UNKNOWN_AGAIN = Duration.ofMinutes(1);
  private static final Duration UNKNOWN_GRACE = Duration.ofHours(2);

  /** Shorter texts are too common to be secrets. */
  private static final int SHORTEST_SECRET = 4;

  private final WeChatHttpClient http;
  private final URI url;
  private final Supplier<String> bearer;
  private final String name;

  /** The last token, which the endpoint's texts may name. */
  private volatile String last = "";

  /**
   * Reads from {@code url}.
   *
   * @param http goes to the host of {@code url}
   * @param bearer asked at every call, since tokens change; empty for none
   */
  public UrlTokenReader(WeChatHttpClient http, URI url, Supplier<String> bearer) {
    this.http = http;
    this.url = url;
    this.bearer = bearer;
    this.name = "token.url (" + url.getScheme() + "://" + url.getRawAuthority() + ")";
  }

  @Override
  public CompletionStage<Reading> read() {
    String shown = bearer.get();
    return http.get(target(shown)).thenApply(result -> reading(result, shown));
  }

  private RequestTarget target(String shown) {
    return new RequestTarget(
        url,
        url.getRawPath().isEmpty() ? "/" : "",
        url.getRawQuery(),
        shown.isEmpty() ? null : "Bearer " + shown);
  }

  private Reading reading(HttpResult result, String shown) {
    if (result instanceof HttpResult.NotWritten not) {
      return none("could not be reached: " + not.explanation());
    }
    if (result instanceof HttpResult.Broken broken) {
      return none("gave no answer: " + broken.explanation());
    }
    HttpResult.Answered answered = (HttpResult.Answered) result;
    int status = answered.status();
    if (status == UNAUTHORIZED || status == FORBIDDEN) {
      return none("answered HTTP " + status + "; check token.bearer-token");
    }
    if (status != OK) {
      return none("answered HTTP " + status);
    }
    WeChatAnswer answer = answered.answer();
    if (answer == null) {
      return none("answered with a body that is not a JSON object");
    }
    Integer errcode = answer.errcode();
    if (errcode != null && errcode != 0) {
      return new NotFound(
          new IssueResult.Refused(
              WeChatTokenIssuer.kindOf(errcode),
              errcode,
              withoutSecrets(answer.errmsg(), shown),
              answer.rid(),
              name + " answered with an errcode"));
    }
    String mistake = TokenText.mistake(answer.accessToken());
    if (mistake != null) {
      return none("answered with an access_token that " + mistake);
    }
    return found(answer);
  }

  private Reading found(WeChatAnswer answer) {
    last = answer.accessToken();
    Long life = answer.expiresIn();
    if (life == null && !answer.isLifeUnclear()) {
      return new Found(answer.accessToken(), UNKNOWN_LIFE, UNKNOWN_AGAIN, UNKNOWN_GRACE);
    }
    if (life == null || life <= 0 || life > LONGEST_LIFE.toSeconds()) {
      return none("answered with an expires_in that is not a number of seconds from 1 on");
    }
    Duration lasts = Duration.ofSeconds(life);
    Duration again = Duration.ofMillis((long) (lasts.toMillis() * PART));
    return new Found(
        answer.accessToken(), lasts, again.compareTo(LEAST) < 0 ? LEAST : again, Duration.ZERO);
  }

  private NotFound none(String what) {
    return new NotFound(new IssueResult.Unavailable(name + " " + what));
  }

  /** The text is another system's, and may repeat what it was asked with. */
  private String withoutSecrets(String errmsg, String shown) {
    for (String secret : secrets(shown)) {
      if (secret.length() >= SHORTEST_SECRET && errmsg.contains(secret)) {
        return "(its text repeats a secret)";
      }
    }
    return errmsg;
  }

  private List<String> secrets(String shown) {
    List<String> all = new ArrayList<>(List.of(shown, last));
    @Nullable String query = url.getRawQuery();
    if (query != null) {
      all.add(query);
      for (String pair : query.split("&", -1)) {
        String value = pair.substring(pair.indexOf('=') + 1);
        all.add(value);
        all.add(URLDecoder.decode(value, StandardCharsets.UTF_8));
      }
    }
    return all;
  }
}
