package dev.wxnotify.server.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wxnotify.server.delivery.AppAccount;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.token.TokenCache;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The account of one app by WeChat's calls getRidInfo, getApiQuota and clearQuota. Fields are read
 * leniently: what is missing or of another type is empty.
 */
public final class WeChatAppAccount implements AppAccount {
  private static final String RID_PATH = "/cgi-bin/openapi/rid/get";
  private static final String QUOTA_PATH = "/cgi-bin/openapi/quota/get";
  private static final String CLEAR_PATH = "/cgi-bin/clear_quota";

  /** The rid is unknown, malformed, another app's, or too old. */
  private static final Set<Integer> UNKNOWN_RID = Set.of(76001, 76002, 76003, 76004);

  /** The path is unknown, or not the app's to ask for. */
  private static final Set<Integer> UNKNOWN_CGI_PATH = Set.of(76021, 76022);

  /** The resets of the month are used up. */
  private static final int NO_RESETS_LEFT = 48006;

  private static final int MAX_NUMBER = 19;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String appId;
  private final WeChatAppApi api;

  /** Asks through {@code api} with the tokens of the app. */
  public WeChatAppAccount(WeChatApi api, String appId, TokenCache tokens) {
    this.appId = appId;
    this.api = new WeChatAppApi(api, tokens);
  }

  @Override
  public CompletionStage<Answer<RecordedCall>> lookUp(String rid) {
    return ask(RID_PATH, "rid", rid, UNKNOWN_RID, WeChatAppAccount::recordedCall);
  }

  @Override
  public CompletionStage<Answer<CallQuota>> quota(String path) {
    return ask(QUOTA_PATH, "cgi_path", path, UNKNOWN_CGI_PATH, WeChatAppAccount::quota);
  }

  @Override
  public CompletionStage<Answer<QuotasCleared>> clearQuotas() {
    return ask(CLEAR_PATH, "appid", appId, Set.of(), json -> new QuotasCleared());
  }

  private <T> CompletionStage<Answer<T>> ask(
      String path, String name, String value, Set<Integer> unknown, Function<JsonNode, T> read) {
    ObjectNode request = JsonNodeFactory.instance.objectNode().put(name, value);
    return api.post(path, request.toString().getBytes(StandardCharsets.UTF_8))
        .thenApply(result -> toAnswer(result, unknown, read));
  }

  private static <T> Answer<T> toAnswer(
      WeChatApi.Result result, Set<Integer> unknown, Function<JsonNode, T> read) {
    if (result instanceof WeChatApi.WithoutToken none) {
      return new WithoutToken<>(none.why());
    }
    if (result instanceof WeChatApi.NotAvailable not) {
      return new Failed<>(unreachable(not.explanation()));
    }
    WeChatApi.Answered answered = (WeChatApi.Answered) result;
    if (answered.isOk()) {
      return read(answered.body(), read);
    }
    WeChatError error = new WeChatError(answered.errcode(), answered.errmsg(), answered.rid());
    return unknown.contains(error.errcode()) ? new Unknown<>(error) : new Failed<>(refused(error));
  }

  private static <T> Answer<T> read(AnswerBody body, Function<JsonNode, T> read) {
    try {
      return new Given<>(read.apply(JSON.readTree(body.bytes())));
    } catch (IOException e) {
      return new Failed<>(unreachable("WeChat's answer cannot be read"));
    }
  }

  private static SendOutcome unreachable(String explanation) {
    return new NotSent(NotSent.Reason.WECHAT_UNREACHABLE, explanation);
  }

  private static SendOutcome refused(WeChatError error) {
    if (error.errcode() == NO_RESETS_LEFT) {
      return new Rejected(Rejected.Reason.DAILY_QUOTA_EXHAUSTED, error);
    }
    WeChatErrcode code = WeChatErrcode.of(error.errcode());
    if (code == null) {
      return new Rejected(Rejected.Reason.UNRECOGNIZED_WECHAT_ERROR, error);
    }
    Rejected.Reason rejection = code.rejection();
    return rejection == null
        ? new NotSent(
            NotSent.Reason.WECHAT_CREDENTIALS,
            "WeChat denies this server the call: " + error.errcode() + " " + error.errmsg(),
            error,
            null)
        : new Rejected(rejection, error);
  }

  private static RecordedCall recordedCall(JsonNode json) {
    JsonNode request = json.path("request");
    Long invoked = number(request.path("invoke_time"));
    Long millis = number(request.path("cost_in_ms"));
    return new RecordedCall(
        invoked == null ? null : Instant.ofEpochSecond(invoked),
        millis == null ? null : Duration.ofMillis(millis),
        SecretMask.hide(text(request.path("request_url"))),
        SecretMask.hide(text(request.path("request_body"))),
        SecretMask.hide(text(request.path("response_body"))),
        text(request.path("client_ip")));
  }

  private static CallQuota quota(JsonNode json) {
    JsonNode quota = json.path("quota");
    JsonNode rate = json.path("rate_limit");
    Long calls = number(rate.path("call_count"));
    Long seconds = number(rate.path("refresh_second"));
    return new CallQuota(
        count(quota.path("daily_limit")),
        count(quota.path("used")),
        count(quota.path("remain")),
        calls,
        seconds == null ? null : Duration.ofSeconds(seconds));
  }

  private static long count(JsonNode json) {
    Long number = number(json);
    return number == null ? 0 : number;
  }

  /** Returns a whole number that is not negative; null for anything else. */
  private static @Nullable Long number(JsonNode json) {
    String text = json instanceof MissingNode ? "" : json.asText("").strip();
    if (text.isEmpty()
        || text.length() >= MAX_NUMBER
        || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return null;
    }
    return Long.valueOf(text);
  }

  /** An object in place of a text is shown as it is. */
  private static String text(JsonNode json) {
    return json.isContainerNode() ? json.toString() : json.asText("");
  }
}
