package dev.wxnotify.server.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wxnotify.server.journal.PushListener.Result;
import dev.wxnotify.server.testing.FakeClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is believed to be WeChat. */
final class VerifierTest {
  private static final WeChatSide WECHAT = WeChatSide.USUAL;
  private static final long NOW = FakeClock.START.getEpochSecond();
  private static final String TEXT = "{\"Event\":\"debug_demo\"}";
  private static final Duration WINDOW = Duration.ofMinutes(10);

  private final PushApps apps = new PushApps();
  private final Verifier verifier = new Verifier(apps, new FakeClock(), WINDOW);

  private static PushApp app(PushMode mode, PushSecrets secrets) {
    return new PushApp("shop", WECHAT.appId(), mode, () -> secrets, null);
  }

  private static PushSecrets secrets(String token, String... keys) {
    return new PushSecrets(
        List.of(token), List.of(keys).stream().map(EncodingAesKey::new).toList());
  }

  private static final PushApp SAFE = app(PushMode.SAFE, secrets(WECHAT.token(), WECHAT.aesKey()));
  private static final PushApp PLAIN =
      app(PushMode.PLAIN, secrets(WECHAT.token(), WECHAT.aesKey()));

  private String event(PushApp app, WeChatSide.Push push) throws Refusal {
    return Objects.requireNonNull(verifier.open(app, push.parsed(), push.bytes()).content())
        .text("Event");
  }

  private Result refusal(PushApp app, WeChatSide.Push push) {
    return Objects.requireNonNull(
            catchThrowableOfType(
                Refusal.class, () -> verifier.open(app, push.parsed(), push.bytes())))
        .result();
  }

  @Test
  void verification_ofWeChatsPage_isEchoed() throws Exception {
    PushApp app = app(PushMode.SAFE, secrets("AAAAA"));
    PushQuery query =
        PushQuery.of(
            "signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249"
                + "&timestamp=1714036504&nonce=1514711492");

    assertThat(verifier.echo(app, query)).isEqualTo("4375120948345356249");
  }

  @Test
  void push_ofWeChatsPage_isOpened() throws Exception {
    Instant then = Instant.ofEpochSecond(1714112445);
    Verifier at = new Verifier(apps, InstantSource.fixed(then), WINDOW);
    PushApp app =
        new PushApp(
            "demo", Vectors.V1_APP, PushMode.SAFE, () -> secrets("AAAAA", Vectors.ZERO_KEY), null);
    PushQuery query =
        PushQuery.of(
            "signature=6c5c811b55cc85e0e1b54100749188c20beb3f5d&timestamp=1714112445"
                + "&nonce=415670741&openid=o9AgO5Kd5ggOC-bXrbNODIiE3bGY&encrypt_type=aes"
                + "&msg_signature=046e02f8204d34f8ba5fa3b1db94908f3df2e9b3");
    String body = "{\"ToUserName\":\"gh_97417a04a28d\",\"Encrypt\":\"" + Vectors.V1 + "\"}";

    PushNode content = at.open(app, query, body.getBytes(StandardCharsets.UTF_8)).content();

    assertThat(Objects.requireNonNull(content).text("debug_str")).isEqualTo("hello world");
  }

  @Test
  void plainPush_ofWeChatsPage_isOpenedInPlainModeOnly() throws Exception {
    Verifier at =
        new Verifier(apps, InstantSource.fixed(Instant.ofEpochSecond(1714037059)), WINDOW);
    PushQuery query =
        PushQuery.of(
            "signature=899cf89e464efb63f54ddac96b0a0a235f53aa78&timestamp=1714037059"
                + "&nonce=486452656");
    byte[] body = Vectors.V1_TEXT.getBytes(StandardCharsets.UTF_8);

    PushNode content = at.open(app(PushMode.PLAIN, secrets("AAAAA")), query, body).content();
    Refusal refusal =
        catchThrowableOfType(
            Refusal.class,
            () -> at.open(app(PushMode.SAFE, secrets("AAAAA", Vectors.ZERO_KEY)), query, body));

    assertThat(Objects.requireNonNull(content).text("Event")).isEqualTo("debug_demo");
    assertThat(Objects.requireNonNull(refusal).result()).isEqualTo(Result.WRONG_MODE);
  }

  @ParameterizedTest
  @ValueSource(strings = {TEXT, "<xml><Event><![CDATA[debug_demo]]></Event></xml>"})
  void safePush_inBothFormats_isOpened(String text) throws Exception {
    assertThat(event(SAFE, WECHAT.safe(NOW, text))).isEqualTo("debug_demo");
    assertThat(event(PLAIN, WECHAT.safe(NOW, text))).isEqualTo("debug_demo");
  }

  /** What is beside the encrypted text is not signed: anybody on the way can write it. */
  @ParameterizedTest
  @ValueSource(strings = {"{\"Event\":\"forged\"}", "<xml><Event>forged</Event></xml>"})
  void compatiblePush_isOnlyItsEncryptedText(String forged) throws Exception {
    WeChatSide.Push push = WECHAT.compatible(NOW, TEXT, forged);

    assertThat(event(SAFE, push)).isEqualTo("debug_demo");
    assertThat(event(PLAIN, push)).isEqualTo("debug_demo");
  }

  /** WeChat's page: do not verify by {@code signature}. */
  @Test
  void signatureInsteadOfMsgSignature_isRefused() {
    WeChatSide.Push push = WECHAT.safe(NOW, TEXT);

    assertThat(
            refusal(
                SAFE,
                push.with("msg_signature", Objects.requireNonNull(push.query().get("signature")))))
        .isEqualTo(Result.WRONG_SIGNATURE);
    assertThat(refusal(SAFE, push.without("msg_signature"))).isEqualTo(Result.WRONG_MODE);
    assertThat(refusal(PLAIN, push.without("msg_signature"))).isEqualTo(Result.MALFORMED);
  }

  @Test
  void wrongSignature_besideARightMsgSignature_doesNotMatter() throws Exception {
    assertThat(event(SAFE, WECHAT.safe(NOW, TEXT).with("signature", "0".repeat(40))))
        .isEqualTo("debug_demo");
  }

  @Test
  void blanksAroundTheEncryptedText_areNoPartOfIt() throws Exception {
    WeChatSide.Push push = WECHAT.safe(NOW, TEXT);
    String spaced = push.body().replace("\"Encrypt\":\"", "\"Encrypt\":\" \\n");

    assertThat(event(SAFE, push.withBody(spaced))).isEqualTo("debug_demo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"timestamp", "nonce", "msg_signature"})
  void changedParameter_isRefused(String name) {
    WeChatSide.Push push = WECHAT.safe(NOW, TEXT);

    assertThat(
            refusal(SAFE, push.with(name, "9" + push.query().getOrDefault(name, "0").substring(1))))
        .isIn(Result.WRONG_SIGNATURE, Result.WRONG_TIME);
  }

  @Test
  void changedText_isRefused() {
    WeChatSide.Push push = WECHAT.safe(NOW, TEXT);
    String other = WECHAT.safe(NOW, TEXT + " ").body();

    assertThat(refusal(SAFE, push.withBody(other))).isEqualTo(Result.WRONG_SIGNATURE);
    assertThat(refusal(SAFE, push.withBody(TEXT))).isEqualTo(Result.WRONG_MODE);
  }

  @Test
  void anotherToken_isRefused() {
    WeChatSide other = new WeChatSide("other", WECHAT.aesKey(), WECHAT.appId());

    assertThat(refusal(SAFE, other.safe(NOW, TEXT))).isEqualTo(Result.WRONG_SIGNATURE);
    assertThat(refusal(PLAIN, other.plain(NOW, TEXT))).isEqualTo(Result.WRONG_SIGNATURE);
  }

  @Test
  void anotherKeyOrApp_isRefusedAndShown_untilOneIsRight() throws Exception {
    apps.replace(List.of(SAFE));
    WeChatSide otherKey = new WeChatSide(WECHAT.token(), Vectors.ZERO_KEY, WECHAT.appId());
    WeChatSide otherApp = new WeChatSide(WECHAT.token(), WECHAT.aesKey(), "wx-other");

    assertThat(refusal(SAFE, otherKey.safe(NOW, TEXT))).isEqualTo(Result.WRONG_KEY);
    assertThat(refusal(SAFE, otherApp.safe(NOW, TEXT))).isEqualTo(Result.WRONG_APP);
    assertThat(apps.trouble()).hasValueSatisfying(why -> assertThat(why).contains("wx-shop"));

    assertThat(event(SAFE, WECHAT.safe(NOW, TEXT))).isEqualTo("debug_demo");
    assertThat(apps.trouble()).isEmpty();
  }

  /** Anybody can send a wrong signature, and must not make the server look degraded. */
  @Test
  void wrongSignature_isNoTroubleOfTheServer() {
    apps.replace(List.of(SAFE));

    assertThat(refusal(SAFE, WECHAT.safe(NOW, TEXT).with("msg_signature", "0")))
        .isEqualTo(Result.WRONG_SIGNATURE);
    assertThat(apps.trouble()).isEmpty();
  }

  /** The parts are signed without a mark between them. */
  @Test
  void encryptedTextMovedIntoTheNonce_isNoTroubleOfTheServer() {
    apps.replace(List.of(SAFE));
    String token = WECHAT.token();
    WeChatSide.Push moved =
        IntStream.range(0, 1_000)
            .mapToObj(i -> WECHAT.encrypt("%016d".formatted(i), TEXT))
            .map(
                whole ->
                    new WeChatSide.Push(
                            WECHAT.safeQuery(NOW, whole),
                            "{\"Encrypt\":\"" + whole.substring(64) + "\"}")
                        .with("nonce", WeChatSide.NONCE + whole.substring(0, 64)))
            .filter(
                push ->
                    Signature.matches(
                        push.query().getOrDefault("msg_signature", ""),
                        List.of(token),
                        push.query().getOrDefault("timestamp", ""),
                        push.query().getOrDefault("nonce", ""),
                        push.body().substring(12, push.body().length() - 2)))
            .findFirst()
            .orElseThrow();

    assertThat(refusal(SAFE, moved)).isEqualTo(Result.MALFORMED);
    assertThat(apps.trouble()).isEmpty();
  }

  @Test
  void severalTokensAndKeys_whileTheyChange_areAllTaken() throws Exception {
    PushApp both =
        app(
            PushMode.SAFE,
            new PushSecrets(
                List.of("old", WECHAT.token()),
                List.of(new EncodingAesKey(Vectors.ZERO_KEY), new EncodingAesKey(Vectors.V3_KEY))));
    WeChatSide old = new WeChatSide("old", Vectors.ZERO_KEY, WECHAT.appId());

    assertThat(event(both, old.safe(NOW, TEXT))).isEqualTo("debug_demo");
    assertThat(event(both, WECHAT.safe(NOW, TEXT))).isEqualTo("debug_demo");
    assertThat(verifier.echo(both, old.verification(NOW, "e").parsed())).isEqualTo("e");
  }

  @Test
  void encryptedPush_withoutAnyKey_isRefused() {
    assertThat(refusal(app(PushMode.PLAIN, secrets(WECHAT.token())), WECHAT.safe(NOW, TEXT)))
        .isEqualTo(Result.WRONG_MODE);
  }

  @Test
  void time_atBothEndsOfTheWindow_counts() throws Exception {
    long window = WINDOW.toSeconds();

    assertThat(event(SAFE, WECHAT.safe(NOW - window, TEXT))).isEqualTo("debug_demo");
    assertThat(event(SAFE, WECHAT.safe(NOW + window, TEXT))).isEqualTo("debug_demo");
    assertThat(refusal(SAFE, WECHAT.safe(NOW - window - 1, TEXT))).isEqualTo(Result.WRONG_TIME);
    assertThat(refusal(SAFE, WECHAT.safe(NOW + window + 1, TEXT))).isEqualTo(Result.WRONG_TIME);
    assertThat(refusal(PLAIN, WECHAT.plain(NOW - window - 1, TEXT))).isEqualTo(Result.WRONG_TIME);
  }

  @Test
  void time_ofAVerification_doesNotMatter() throws Exception {
    assertThat(verifier.echo(SAFE, WECHAT.verification(1, "e").parsed())).isEqualTo("e");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "x", "1.5", "99999999999999999999"})
  void timestampThatIsNone_isMalformed(String timestamp) {
    assertThat(refusal(SAFE, WECHAT.safe(NOW, TEXT).with("timestamp", timestamp)))
        .isEqualTo(Result.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"signature", "timestamp", "nonce"})
  void missingParameter_isMalformed(String name) {
    assertThat(refusal(PLAIN, WECHAT.plain(NOW, TEXT).without(name))).isEqualTo(Result.MALFORMED);
    Refusal refusal =
        catchThrowableOfType(
            Refusal.class,
            () -> verifier.echo(SAFE, WECHAT.verification(NOW, "e").without(name).parsed()));
    assertThat(Objects.requireNonNull(refusal).field()).isEqualTo("query[\"" + name + "\"]");
  }

  @Test
  void garbledBase64_isMalformed() {
    String garbled = "not*base64";
    WeChatSide.Push push =
        new WeChatSide.Push(WECHAT.safeQuery(NOW, garbled), "{\"Encrypt\":\"" + garbled + "\"}");

    assertThat(refusal(SAFE, push)).isEqualTo(Result.MALFORMED);
  }

  @Test
  void genuineText_thatIsNoXmlAndNoJson_isGenuine() throws Exception {
    WeChatSide.Push push = WECHAT.safe(NOW, "text");

    assertThat(verifier.open(SAFE, push.parsed(), push.bytes()).content()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=1&a=2", "a=%zz", "signature=%"})
  void query_malformed_isRefused(String raw) {
    assertThat(
            Objects.requireNonNull(catchThrowableOfType(Refusal.class, () -> PushQuery.of(raw)))
                .result())
        .isEqualTo(Result.MALFORMED);
  }

  @Test
  void query_ofTooManyParameters_isRefused_thoughTheDecoderStopsThere() throws Exception {
    String most =
        IntStream.range(0, 32).mapToObj(i -> "p" + i + "=1").collect(Collectors.joining("&"));

    assertThat(PushQuery.of(most).parameters()).hasSize(32);
    for (String more : List.of("&p0=2", "&nonce=1", "&nonce=1&p0=2")) {
      Refusal refusal = catchThrowableOfType(Refusal.class, () -> PushQuery.of(most + more));
      assertThat(Objects.requireNonNull(refusal).result()).isEqualTo(Result.MALFORMED);
    }
  }

  @Test
  void nothing_printsASecret() {
    assertThat(SAFE.secrets().get().toString()).doesNotContain(WECHAT.token(), WECHAT.aesKey());
    assertThat(new PushQuery(Map.of("signature", "hush"))).hasToString("PushQuery[signature]");
  }
}
