package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.TestLoops;
import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.TokenSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the calls of an app go, and how its token is presented in them. */
class WeChatEndpointsTest {
  private static final URI USUAL = URI.create("https://api.weixin.qq.com");
  private static final URI RELAY = URI.create("http://127.0.0.1:9/relay");
  private static final Instant NOW = Instant.parse("2026-03-01T08:00:00Z");

  private final TestLoops loops = new TestLoops(1);
  private final WeChatEndpoints endpoints =
      new WeChatEndpoints(
          new WeChatHttpClient.Settings(
              USUAL, null, Duration.ofSeconds(1), Duration.ofSeconds(1), 2, Duration.ofMinutes(1)),
          loops.group());

  @AfterEach
  void close() {
    endpoints.close();
    loops.close();
  }

  private static AccessToken token(TokenSource source) {
    return new AccessToken(
        source == TokenSource.NONE ? "" : "a+b/c=",
        NOW,
        NOW.plusSeconds(60),
        "wx-" + source,
        source);
  }

  private String line(AccessToken token, String path, @Nullable String query) {
    return line(endpoints.route(path, token, query).target());
  }

  private static String line(RequestTarget target) {
    ByteBuf request = target.get(UnpooledByteBufAllocator.DEFAULT);
    String text = request.toString(StandardCharsets.US_ASCII);
    request.release();
    return text.substring(0, text.indexOf("\r\nuser-agent"));
  }

  @ParameterizedTest
  @CsvSource({
    "WECHAT,/x?access_token=a%2Bb%2Fc%3D",
    "URL,/x?access_token=a%2Bb%2Fc%3D",
    "REDIS,/x?access_token=a%2Bb%2Fc%3D",
    "CLOUDBASE,/x?cloudbase_access_token=a%2Bb%2Fc%3D",
    "NONE,/x",
  })
  void token_isPresentedAsItsSourceDemands(TokenSource source, String target) {
    assertThat(line(token(source), "/x", null))
        .isEqualTo("GET " + target + " HTTP/1.1\r\nhost: api.weixin.qq.com");
  }

  @Test
  void query_followsTheToken() {
    assertThat(line(token(TokenSource.URL), "/x", "start=0&limit=30"))
        .startsWith("GET /x?access_token=a%2Bb%2Fc%3D&start=0&limit=30 HTTP");
    assertThat(line(token(TokenSource.NONE), "/x", "start=0")).startsWith("GET /x?start=0 HTTP");
  }

  @Test
  void app_withItsOwnAddress_goesThere_andTheOthersDoNot() {
    endpoints.use("wx-NONE", TokenSource.NONE, RELAY);

    assertThat(line(token(TokenSource.NONE), "/x", null))
        .isEqualTo("GET /relay/x HTTP/1.1\r\nhost: 127.0.0.1:9");
    assertThat(line(token(TokenSource.URL), "/x", null)).contains("host: api.weixin.qq.com");
    assertThat(endpoints.of("wx-NONE", TokenSource.NONE))
        .isNotSameAs(endpoints.of("wx-URL", TokenSource.URL));
  }

  @Test
  void apps_withTheSameAddress_shareItsConnections() {
    endpoints.use("one", TokenSource.WECHAT, RELAY);
    endpoints.use("two", TokenSource.WECHAT, RELAY);
    endpoints.use("three", TokenSource.WECHAT, USUAL);

    assertThat(endpoints.of("one", TokenSource.WECHAT))
        .isSameAs(endpoints.of("two", TokenSource.WECHAT));
    assertThat(endpoints.of("three", TokenSource.WECHAT))
        .isSameAs(endpoints.of("any other", TokenSource.WECHAT));
    endpoints.use("one", TokenSource.WECHAT, null);
    assertThat(endpoints.of("one", TokenSource.WECHAT))
        .isSameAs(endpoints.of("three", TokenSource.WECHAT));
  }

  @Test
  void tokenOfAnAppThatNowNeedsNone_goesNotToItsNewAddress() {
    AccessToken before = token(TokenSource.WECHAT);

    endpoints.use(before.appId(), TokenSource.NONE, RELAY);

    assertThat(line(before, "/x", null)).contains("host: api.weixin.qq.com");
  }

  @Test
  void message_goesToTheNewAddressOfItsApp_withTheSameToken() {
    AccessToken token = token(TokenSource.URL);
    WeChatMessageGateway gateway = new WeChatMessageGateway(endpoints);
    assertThat(gateway.targetFor(token)).isSameAs(gateway.targetFor(token));
    String before = line(gateway.targetFor(token));

    endpoints.use(token.appId(), TokenSource.URL, RELAY);

    assertThat(before).contains("host: api.weixin.qq.com");
    assertThat(line(gateway.targetFor(token))).contains("host: 127.0.0.1:9");
  }

  @Test
  void route_neverShowsTheToken() {
    assertThat(endpoints.route("/x", token(TokenSource.URL), null).toString())
        .doesNotContain("a+b", "a%2Bb");
  }
}
