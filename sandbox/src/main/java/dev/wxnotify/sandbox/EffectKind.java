package dev.wxnotify.sandbox;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of things that go wrong. Some strike before WeChat has taken the request, so that a
 * repeat is safe; the others strike after it, so that a repeat may reach the user twice.
 */
public enum EffectKind {
  /** An error of WeChat. */
  ERRCODE("errcode", "<errcode>", false, "WeChat's answer with that errcode"),
  /** A late answer. */
  LATENCY("latency", "slow-<ms>", true, "the normal answer, that many milliseconds late"),
  /** An error of a gateway. */
  HTTP("http", "html-<status>", false, "an HTML page with that HTTP status"),
  /** A gateway that sends the caller elsewhere. */
  REDIRECT("redirect", false, "302 with a Location that answers 40066"),
  /** A proxy between caller and WeChat. */
  PROXY_407("proxy-407", false, "407 with Proxy-Authenticate, as if a proxy were in between"),

  /** Nothing in the answer. */
  EMPTY_BODY("empty-body", true, "HTTP 200 with an empty body"),
  /** The JSON is cut, HTTP is in order. */
  TRUNCATED("truncated", true, "HTTP 200 with the first half of the JSON"),
  /** No JSON. */
  MALFORMED_JSON("malformed-json", true, "HTTP 200 with malformed JSON"),
  /** The request was never processed. */
  RESET_BEFORE("reset-before", false, "the connection is reset, nothing is processed"),
  /** The request was processed, the answer is lost. */
  RESET_AFTER("reset-after", true, "the request is processed, then the connection is reset"),
  /** The request was processed, the caller waits for ever. */
  NO_ANSWER("no-answer", true, "the request is processed, the connection stays silent"),
  /** The answer ends in the middle. */
  HALF_ANSWER("half-answer", true, "half of the promised bytes, then the connection is reset"),
  /** A right answer with a label that is not. */
  WRONG_CONTENT_TYPE(
      "wrong-content-type", true, "the normal answer, labelled text/html; charset=gbk"),
  /** Far more than anyone asked for. */
  OVERSIZED_BODY("oversized-body", true, "the normal answer plus 8 MiB of padding"),
  /** An answer that says neither yes nor no. */
  NO_ERRCODE("no-errcode", true, "the normal answer without errcode and errmsg"),
  /** The answer in the dress of cloud functions. */
  ERRCODE_TEXT("errcode-text", true, "the normal answer with errCode as text and errMsg"),
  /** A clear error with a text that is not UTF-8. */
  GBK_ERRMSG("gbk-errmsg", false, "errcode 40003 with an errmsg in GBK"),

  /** An interim answer that every client has to read past. */
  INTERIM_100("interim-100", true, "100 Continue unasked and the normal answer in one segment"),
  /** An interim answer of WebDAV. */
  INTERIM_102("interim-102", true, "102 Processing and the normal answer in one segment"),
  /** An interim answer of modern gateways. */
  INTERIM_103("interim-103", true, "103 Early Hints and the normal answer in one segment"),
  /** More than one interim answer. */
  INTERIM_SEVERAL("interim-several", true, "102, 103, 103 and the normal answer in one segment"),
  /** An interim answer with time to take it for the final one. */
  INTERIM_LATE("interim-late", true, "103 Early Hints, the normal answer 0.4 s later"),
  /** The one interim answer after which HTTP is over. */
  INTERIM_101("interim-101", true, "101 Switching Protocols and the normal answer in one segment"),

  /** Two answers to one request, at once. */
  SURPLUS("surplus", true, "the normal answer and the stray answer in one segment"),
  /** Bytes behind the answer. */
  SURPLUS_RUBBISH(
      "surplus-rubbish", true, "the normal answer and bytes that are not HTTP in one segment"),
  /** Two answers to one request, the second in pieces that may meet the next requests. */
  SURPLUS_LATE(
      "surplus-late",
      true,
      "the normal answer; half of the stray answer 0.1 s later, the rest after another 0.1 s"),

  /** No content, and next to no headers. */
  EMPTY_200("empty-200", true, "HTTP 200 with Content-Length: 0 and no other header"),
  /** A body that was said not to come. */
  EMPTY_200_BODY(
      "empty-200-body", true, "HTTP 200 with Content-Length: 0 and the normal body in one segment"),
  /** The same, late. */
  EMPTY_200_LATE(
      "empty-200-late", true, "HTTP 200 with Content-Length: 0, the normal body 0.1 s later"),
  /** A body where there is never one. */
  BODY_204("body-204", true, "204 No Content and the normal body in one segment"),
  /** The same, late. */
  BODY_204_LATE("body-204-late", true, "204 No Content, the normal body 0.1 s later"),
  /** A body where there is never one. */
  BODY_304("body-304", true, "304 Not Modified and the normal body in one segment"),
  /** The same, late. */
  BODY_304_LATE("body-304-late", true, "304 Not Modified, the normal body 0.1 s later"),
  /** The rest of the body never comes; the next answer would be read as the rest. */
  SHORT_BODY("short-body", true, "the normal body, 10 bytes shorter than Content-Length says"),
  /** The rest of the body never comes, and the connection says so. */
  SHORT_BODY_CLOSE(
      "short-body-close",
      true,
      "the normal body, 10 bytes shorter than Content-Length says, then the connection is closed"),
  /** The end of the body is surplus. */
  LONG_BODY("long-body", true, "the normal body, 10 bytes longer than Content-Length says"),

  /** Nothing is wrong but the size of the pieces. */
  SPLIT("split", true, "the normal answer byte by byte, each in a segment of its own"),
  /** Nothing is wrong but a pause. */
  HALVES("halves", true, "the headers and half of the body, the other half 0.2 s later"),
  /** Nothing is wrong; the length is not known beforehand. */
  CHUNKED("chunked", true, "the normal answer in two chunks"),
  /** Two ways to tell the end; a way to smuggle answers. */
  LENGTH_AND_CHUNKS(
      "length-and-chunks", true, "the normal answer in two chunks, with a Content-Length too"),
  /** Two ends of one body. */
  TWO_LENGTHS(
      "two-lengths", true, "the normal answer with its Content-Length and another, 10 bytes less"),
  /** Only the end of the connection tells the end. */
  UNTIL_CLOSE("until-close", true, "the normal answer without a length, ended by a close"),
  /** An answer of another age, after which a connection ends. */
  HTTP_10("http-10", true, "the normal answer as HTTP/1.0; the connection stays open all the same"),
  /** An orderly end. */
  CONNECTION_CLOSE(
      "connection-close", true, "the normal answer with Connection: close, then a close"),

  /** A number that is whole and does not look so. */
  EXPIRES_DECIMAL("expires-decimal", Scope.TOKEN_CALL, true, "a token with expires_in 7200.0"),
  /** A number as text. */
  EXPIRES_TEXT("expires-text", Scope.TOKEN_CALL, true, "a token with expires_in \"7200\""),
  /** No number. */
  EXPIRES_MISSING("expires-missing", Scope.TOKEN_CALL, true, "a token without expires_in"),
  /** A number that overflows as soon as it is added to something. */
  EXPIRES_HUGE(
      "expires-huge", Scope.TOKEN_CALL, true, "a token with expires_in 9223372036854775807"),
  /** A gateway that does not wait for the body. */
  EARLY_ANSWER(
      "early-answer",
      Scope.HEADERS,
      false,
      "errcode -1 as soon as the headers are there; the body is ignored"),
  /** An answer without a question. */
  UNSOLICITED(
      "unsolicited",
      Scope.CONNECTION,
      true,
      "the stray answer on a new connection, before any request; normal answers follow");

  /** Where an effect can strike. */
  private enum Scope {
    /** At any call, and at a send by its open id. */
    ANY_CALL,
    /** At the calls that get a token. */
    TOKEN_CALL,
    /** At any call, before its body, and thus its open id, is known. */
    HEADERS,
    /** At a new connection, whatever it is for. */
    CONNECTION
  }

  private final String label;
  private final @Nullable String openIdForm;
  private final Scope scope;
  private final boolean processed;
  private final String meaning;

  EffectKind(String label, boolean processed, String meaning) {
    this(label, label, processed, meaning);
  }

  EffectKind(String label, String openIdForm, boolean processed, String meaning) {
    this(label, openIdForm, Scope.ANY_CALL, processed, meaning);
  }

  EffectKind(String label, Scope scope, boolean processed, String meaning) {
    this(label, null, scope, processed, meaning);
  }

  EffectKind(
      String label, @Nullable String openIdForm, Scope scope, boolean processed, String meaning) {
    this.label = label;
    this.openIdForm = openIdForm;
    this.scope = scope;
    this.processed = processed;
    this.meaning = meaning;
  }

  /** The name in flags and in control calls. */
  public String label() {
    return label;
  }

  /** True if the request is processed before the effect strikes. */
  public boolean processed() {
    return processed;
  }

  /** What the caller sees, in a few words. */
  public String meaning() {
    return meaning;
  }

  /**
   * How an open id asks for the effect, without the leading {@code sandbox-}; empty if only a fault
   * can ask for it.
   */
  Optional<String> openIdForm() {
    return Optional.ofNullable(openIdForm);
  }

  /** True if it strikes when a whole request has been read, as most do. */
  boolean strikesWholeRequests() {
    return scope == Scope.ANY_CALL || scope == Scope.TOKEN_CALL;
  }

  /** True if a fault at {@code endpoint}, null for all of them, can have this effect. */
  boolean isPossibleAt(@Nullable SandboxEndpoint endpoint) {
    return endpoint == null || concerns(endpoint);
  }

  /** True if a request to {@code endpoint} can have this effect. */
  boolean concerns(SandboxEndpoint endpoint) {
    return switch (scope) {
      case ANY_CALL, HEADERS -> true;
      case TOKEN_CALL ->
          endpoint == SandboxEndpoint.TOKEN || endpoint == SandboxEndpoint.STABLE_TOKEN;
      case CONNECTION -> false;
    };
  }

  /** The endpoints of a fault that can have this effect, in words. */
  String possibleEndpoints() {
    return switch (scope) {
      case ANY_CALL, HEADERS -> "any of them";
      case TOKEN_CALL -> "token, stable_token or any";
      case CONNECTION -> "any";
    };
  }

  boolean takesArgument() {
    return this == ERRCODE || this == LATENCY || this == HTTP;
  }

  boolean accepts(int argument) {
    return switch (this) {
      case ERRCODE -> argument != 0;
      case LATENCY -> argument > 0;
      case HTTP -> argument >= 200 && argument <= 599;
      default -> argument == 0;
    };
  }

  String expected() {
    return switch (this) {
      case ERRCODE -> "errcode=N, N not 0";
      case LATENCY -> "latency=MS, above 0";
      case HTTP -> "http=STATUS, 200 to 599";
      default -> label + ", without a value";
    };
  }

  static Optional<EffectKind> byLabel(String label) {
    return Arrays.stream(values()).filter(k -> k.label.equals(label)).findFirst();
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(EffectKind::label).toList();
  }
}
