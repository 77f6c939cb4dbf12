package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.message.Language;
import dev.wxnotify.server.message.MiniProgramState;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.testing.TestTokens;
import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenIssuer.Mode;
import dev.wxnotify.server.wechat.WeChatTokenIssuer.Endpoint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request to WeChat with a unique answer. An honest upstream derives the answer from {@link
 * #key()} alone, which is in the request: the open id of a message, the AppID of a token call. So
 * the receiver of an answer can tell to which request it belongs.
 *
 * @param kind the kind of request
 * @param app the app of the request, which has its own token
 * @param key {@code APP.VERDICT.NUMBER} for a message, where the verdict is {@code ok} or the
 *     errcode of its rejection; the app for a token call
 * @param filling the length of the message's content; 0 for a short one
 */
record Ask(Kind kind, String app, String key, int filling) {
  private static final Pattern MESSAGE_KEY = Pattern.compile("(\\w+)\\.(ok|\\d+)\\.(\\d+)");
  private static final String TOKEN = "token-of-";

  /** Message ids are beyond 2^53, as WeChat's are. */
  private static final long FIRST_ID = 3_000_000_000_000_000_000L;

  private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");

  /** The kind of request. */
  enum Kind {
    MESSAGE,
    STABLE_TOKEN,
    CLASSIC_TOKEN
  }

  /** To which request a received answer belongs. */
  enum Heard {
    /** The answer that the upstream gave to this request. */
    ITS_OWN,
    /** None: the request was written, and its outcome is unknown. */
    NOTHING,
    /** None, since the request was certainly not written. */
    NOT_WRITTEN,
    /** The answer to another request, or to none. */
    FALSE
  }

  /**
   * The result of a request.
   *
   * @param text what the client reported, for the message of a failing test
   */
  record Outcome(Ask ask, Heard heard, String text) {
    @Override
    public String toString() {
      return ask.key + " (" + ask.kind + ") hears " + heard + ": " + text;
    }
  }

  /** Returns a message that is accepted. */
  static Ask accepted(String app, int number) {
    return new Ask(Kind.MESSAGE, app, app + ".ok." + number, 0);
  }

  /** Returns a message that is rejected. */
  static Ask refused(String app, int errcode, int number) {
    return new Ask(Kind.MESSAGE, app, app + "." + errcode + "." + number, 0);
  }

  static Ask token(Kind kind, String app) {
    return new Ask(kind, app, app, 0);
  }

  /** Returns the first request of a test, of this kind. */
  static Ask of(Kind kind, String app, int number) {
    return kind == Kind.MESSAGE ? accepted(app, number) : token(kind, app);
  }

  Ask filledWith(int length) {
    return new Ask(kind, app, key, length);
  }

  /** Sends the request; the stage completes normally, on the thread that read the answer. */
  CompletionStage<Outcome> begin(WeChatClientFixture client) {
    return switch (kind) {
      case MESSAGE -> send(client);
      case STABLE_TOKEN -> issue(client, Endpoint.STABLE);
      case CLASSIC_TOKEN -> issue(client, Endpoint.CLASSIC);
    };
  }

  private CompletionStage<Outcome> send(WeChatClientFixture client) {
    AtomicInteger asked = new AtomicInteger();
    SubscribeMessage message =
        new SubscribeMessage(
            key,
            "template-1",
            "",
            filling == 0 ? Map.of("thing1", "咖啡") : Map.of("unlimited1", "x".repeat(filling)),
            MiniProgramState.FORMAL,
            Language.ZH_CN);
    AccessToken token = TestTokens.token(TOKEN + app, NOW, NOW.plusSeconds(7200));
    return client
        .gateway()
        .send(message, token, () -> asked.incrementAndGet() > 0)
        .thenApply(
            answer -> {
              assertThat(asked).as("times that the gate was asked").hasValueLessThanOrEqualTo(1);
              assertThat(answer instanceof Answer.NotWritten)
                  .as("not written, if and only if the gate was not passed")
                  .isEqualTo(asked.get() == 0);
              return new Outcome(this, judge(answer), answer.toString());
            });
  }

  private Heard judge(Answer answer) {
    if (answer instanceof Answer.NotWritten) {
      return Heard.NOT_WRITTEN;
    }
    if (answer instanceof Answer.NoAnswer) {
      return Heard.NOTHING;
    }
    Matcher own = matcher(key);
    boolean isOwn =
        own.group(2).equals("ok")
            ? answer.equals(new Answer.Accepted(messageId(own)))
            : answer instanceof Answer.Rejected rejected
                && rejected.error().errmsg().equals(errmsg(key))
                && rejected.error().errcode() == Integer.parseInt(own.group(2));
    return isOwn ? Heard.ITS_OWN : Heard.FALSE;
  }

  private CompletionStage<Outcome> issue(WeChatClientFixture client, Endpoint endpoint) {
    return client
        .issuer(endpoint, app)
        .issue(Mode.NORMAL)
        .thenApply(
            result ->
                result instanceof IssueResult.Issued issued
                    ? new Outcome(this, judge(issued), issued.value() + " for " + issued.life())
                    : new Outcome(
                        this,
                        result instanceof IssueResult.Refused ? Heard.FALSE : Heard.NOTHING,
                        result.toString()));
  }

  private Heard judge(IssueResult.Issued issued) {
    return issued.equals(new IssueResult.Issued(TOKEN + app, Duration.ofSeconds(lifeFor(app))))
        ? Heard.ITS_OWN
        : Heard.FALSE;
  }

  // The upstream's side: it knows only the content of the request.

  /** Returns the body of an honest upstream's answer. */
  static byte[] honestBody(Kind kind, String key, String requestLine) {
    return (kind == Kind.MESSAGE ? verdict(key, requestLine) : issuedToken(key))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String issuedToken(String app) {
    return "{\"access_token\":\"" + TOKEN + app + "\",\"expires_in\":" + lifeFor(app) + "}";
  }

  private static String verdict(String key, String requestLine) {
    Matcher parts = matcher(key);
    if (!requestLine.contains("access_token=" + TOKEN + parts.group(1) + " ")) {
      return "{\"errcode\":40001,\"errmsg\":\"the token of another app\"}";
    }
    return parts.group(2).equals("ok")
        ? "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":" + messageId(parts) + "}"
        : "{\"errcode\":" + parts.group(2) + ",\"errmsg\":\"" + errmsg(key) + "\"}";
  }

  private static Matcher matcher(String key) {
    Matcher parts = MESSAGE_KEY.matcher(key);
    if (!parts.matches()) {
      throw new IllegalArgumentException("key: " + key + " (expected: APP.VERDICT.NUMBER)");
    }
    return parts;
  }

  private static String messageId(Matcher parts) {
    return Long.toString(FIRST_ID + Long.parseLong(parts.group(3)));
  }

  private static String errmsg(String key) {
    return "no to " + key;
  }

  /** Each app's tokens have a different lifetime. */
  private static long lifeFor(String app) {
    return 5_000L + Math.floorMod(app.hashCode(), 2_000);
  }
}
