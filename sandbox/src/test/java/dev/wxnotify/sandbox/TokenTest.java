package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxClient.SECRET;
import static dev.wxnotify.sandbox.SandboxClient.classicPath;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static dev.wxnotify.sandbox.SandboxClient.stableBody;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenTest {

  private final MovableClock clock = new MovableClock();
  private Sandbox sandbox;
  private SandboxClient client;

  @BeforeEach
  void start() throws Exception {
    use(SandboxOptions.builder());
  }

  private void use(SandboxOptions.Builder options) throws Exception {
    if (sandbox != null) {
      sandbox.close();
    }
    sandbox = Sandbox.start(options.build(), clock);
    client = new SandboxClient(sandbox);
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private int tryOut(String token) throws Exception {
    return client.sendCode(token, message("somebody"));
  }

  private int code(String path) throws Exception {
    return client.get(path).path("errcode").asInt();
  }

  @Test
  void token_issued_looksLikeWeChats() throws Exception {
    JsonNode stable = client.stable(false);
    JsonNode classic = client.get(classicPath(APP, SECRET));

    for (JsonNode answer : new JsonNode[] {stable, classic}) {
      assertThat(answer.path("access_token").asText()).matches("[0-9]+_[A-Za-z0-9_-]{133}");
      assertThat(answer.path("expires_in").isInt()).isTrue();
      assertThat(answer.path("expires_in").asInt()).isEqualTo(7200);
      assertThat(answer.has("errcode")).isFalse();
    }
  }

  @Test
  void stable_askedAgain_returnsTheSameWithTheRemainingSeconds() throws Exception {
    String token = client.stableToken();
    clock.advance(Duration.ofMinutes(100));

    JsonNode again = client.stable(false);

    assertThat(again.path("access_token").asText()).isEqualTo(token);
    assertThat(again.path("expires_in").asInt()).isEqualTo(1200);
  }

  @Test
  void stable_lastFiveMinutes_isReplacedAndBothAreGood() throws Exception {
    String old = client.stableToken();
    clock.advance(Duration.ofSeconds(6899));
    assertThat(client.stableToken()).isEqualTo(old);
    clock.advance(Duration.ofSeconds(1));

    JsonNode replaced = client.stable(false);

    assertThat(replaced.path("access_token").asText()).isNotEqualTo(old);
    assertThat(replaced.path("expires_in").asInt()).isEqualTo(7200);
    assertThat(tryOut(old)).isZero();
    assertThat(tryOut(replaced.path("access_token").asText())).isZero();
    clock.advance(Duration.ofMinutes(5));
    assertThat(tryOut(old)).isEqualTo(42001);
  }

  @Test
  void stable_shortLife_isNotReplacedAtEveryCall() throws Exception {
    use(SandboxOptions.builder().tokenTtl(Duration.ofSeconds(30)));
    String token = client.stableToken();
    clock.advance(Duration.ofSeconds(24));
    assertThat(client.stableToken()).isEqualTo(token);
    clock.advance(Duration.ofSeconds(1));
    assertThat(client.stableToken()).isNotEqualTo(token);
    assertThat(tryOut(token)).isZero();
  }

  @Test
  void classic_askedAgain_replacesWithFiveMinutesOfGrace() throws Exception {
    String first = client.classicToken();
    String second = client.classicToken();

    assertThat(second).isNotEqualTo(first);
    assertThat(tryOut(first)).isZero();
    clock.advance(Duration.ofSeconds(299));
    assertThat(tryOut(first)).isZero();
    clock.advance(Duration.ofSeconds(1));
    assertThat(tryOut(first)).isEqualTo(40001);
    assertThat(tryOut(second)).isZero();
  }

  @Test
  void classic_threeInARow_killsTheFirstAtOnce() throws Exception {
    String first = client.classicToken();
    String second = client.classicToken();
    String third = client.classicToken();

    assertThat(tryOut(first)).isEqualTo(40001);
    assertThat(tryOut(second)).isZero();
    assertThat(tryOut(third)).isZero();
  }

  @Test
  void endpoints_eachWithItsOwnToken_doNotAffectEachOther() throws Exception {
    String stable = client.stableToken();
    String classic = client.classicToken();
    for (int i = 0; i < 3; i++) {
      client.classicToken();
    }
    assertThat(tryOut(stable)).isZero();
    assertThat(tryOut(classic)).isEqualTo(40001);

    String kept = client.classicToken();
    client.stable(true);
    clock.advance(Duration.ofSeconds(30));
    client.stable(true);

    assertThat(tryOut(kept)).isZero();
    assertThat(tryOut(stable)).isEqualTo(40001);
  }

  @Test
  void token_pastItsLife_isExpiredAndUnknownIsInvalid() throws Exception {
    String token = client.stableToken();
    clock.advance(Duration.ofSeconds(7199));
    assertThat(tryOut(token)).isZero();
    clock.advance(Duration.ofSeconds(1));

    assertThat(tryOut(token)).isEqualTo(42001);
    assertThat(tryOut("98_never-issued")).isEqualTo(40001);

    TokenRules rules = TokenRules.WECHAT;
    use(
        SandboxOptions.builder()
            .tokens(
                new TokenRules(
                    rules.ttl(),
                    rules.grace(),
                    rules.forceInterval(),
                    rules.forcedPerDay(),
                    40014)));
    assertThat(tryOut("98_never-issued")).isEqualTo(40014);
  }

  @Test
  void force_withinThirtySeconds_changesNothing() throws Exception {
    String first = client.stableToken();
    String forced = client.stable(true).path("access_token").asText();
    clock.advance(Duration.ofSeconds(29));
    String tooSoon = client.stable(true).path("access_token").asText();
    clock.advance(Duration.ofSeconds(1));
    String again = client.stable(true).path("access_token").asText();

    assertThat(forced).isNotEqualTo(first);
    assertThat(tooSoon).isEqualTo(forced);
    assertThat(again).isNotEqualTo(forced);
    assertThat(tryOut(first)).isEqualTo(40001);
    assertThat(tryOut(forced)).isZero();
  }

  @Test
  void force_moreThanTwentyTimesADay_isRefusedUntilTheNextDay() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(client.stable(true).has("access_token")).isTrue();
      clock.advance(Duration.ofSeconds(30));
    }

    JsonNode refused = client.stable(true);
    assertThat(refused.path("errcode").asInt()).isEqualTo(45009);
    assertThat(refused.path("errmsg").asText()).startsWith("reach max api daily quota limit");
    assertThat(client.stable(false).has("access_token")).isTrue();
    // The clock started at noon in Beijing.
    clock.advance(Duration.ofHours(12));
    assertThat(client.stable(true).has("access_token")).isTrue();
    assertThat(sandbox.state().tokenFetches(APP).forced()).isEqualTo(22);
  }

  @Test
  void revoke_superseded_putsANewTokenInPlace() throws Exception {
    String token = client.stableToken();

    assertThat(sandbox.revokeToken(APP, RevokeMode.SUPERSEDED)).isEqualTo(1);

    assertThat(tryOut(token)).isEqualTo(40001);
    String next = client.stableToken();
    assertThat(next).isNotEqualTo(token);
    assertThat(tryOut(next)).isZero();
  }

  @Test
  void revoke_dead_isHealedByForceOnly() throws Exception {
    String token = client.stableToken();

    sandbox.revokeToken(APP, TokenKind.STABLE, RevokeMode.DEAD);

    assertThat(client.stableToken()).isEqualTo(token);
    assertThat(tryOut(token)).isEqualTo(40001);
    String forced = client.stable(true).path("access_token").asText();
    assertThat(tryOut(forced)).isZero();
    assertThat(client.stableToken()).isEqualTo(forced);
    assertThat(tryOut(token)).isEqualTo(40001);
  }

  @Test
  void classic_badCredentials_areNamed() throws Exception {
    assertThat(code(classicPath("wx-unknown", SECRET))).isEqualTo(40013);
    assertThat(code(classicPath(APP, "wrong"))).isEqualTo(40125);
    assertThat(code(classicPath(APP, ""))).isEqualTo(41004);
    assertThat(code(classicPath("", SECRET))).isEqualTo(41002);
    assertThat(code("/cgi-bin/token?grant_type=x&appid=" + APP)).isEqualTo(40002);
    assertThat(client.post(classicPath(APP, SECRET), "").path("errcode").asInt()).isEqualTo(43001);
  }

  @Test
  void stable_badCredentials_areNamed() throws Exception {
    String path = "/cgi-bin/stable_token";
    assertThat(client.post(path, stableBody("wx-unknown", SECRET, false)).path("errcode").asInt())
        .isEqualTo(40013);
    JsonNode wrong = client.post(path, stableBody(APP, "wrong", false));
    assertThat(wrong.path("errcode").asInt()).isEqualTo(40125);
    assertThat(wrong.path("errmsg").asText()).startsWith("invalid appsecret rid: ");
    assertThat(wrong.toString()).doesNotContain(SECRET).doesNotContain("wrong");
    assertThat(client.post(path, stableBody(APP, "", false)).path("errcode").asInt())
        .isEqualTo(41004);
    assertThat(client.post(path, stableBody("", SECRET, false)).path("errcode").asInt())
        .isEqualTo(41002);
    assertThat(client.post(path, "{}").path("errcode").asInt()).isEqualTo(40002);
    assertThat(client.post(path, "").path("errcode").asInt()).isEqualTo(44002);
    assertThat(client.post(path, "nonsense").path("errcode").asInt()).isEqualTo(47001);
    assertThat(client.get(path).path("errcode").asInt()).isEqualTo(43002);
    JsonNode form =
        SandboxClient.json(
            client.exchange(
                client
                    .request(path)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("appid=" + APP))));
    assertThat(form.path("errcode").asInt()).isEqualTo(41002);
  }

  @Test
  void token_fromAnAddressNotListed_isRefusedWithTheAddress() throws Exception {
    use(SandboxOptions.builder().allowedIps(Set.of("192.0.2.7")));

    JsonNode answer = client.stable(false);

    assertThat(answer.path("errcode").asInt()).isEqualTo(40164);
    assertThat(answer.path("errmsg").asText())
        .startsWith("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist rid: ");
  }

  @Test
  void fetches_counted_byEndpointAndForce() throws Exception {
    client.classicToken();
    client.stable(false);
    client.stable(false);
    client.stable(true);
    client.post("/cgi-bin/stable_token", stableBody(APP, "wrong", false));

    assertThat(sandbox.state().tokenFetches(APP)).isEqualTo(new SandboxState.TokenFetches(1, 3, 1));
    assertThat(sandbox.state().requests(SandboxEndpoint.STABLE_TOKEN)).isEqualTo(4);
  }
}
