package dev.wxnotify.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageRequestTest {

  @Test
  void headers_areFoundInAnyCase() {
    PageRequest request = Requests.get("/", "X-Some", "a");

    assertThat(request.header("x-SOME")).isEqualTo("a");
    assertThat(request.header("other")).isNull();
  }

  @Test
  void target_isSplitAndDecoded() {
    PageRequest request = Requests.get("/users/%E7%94%A8%20x?q=a+b%26c&q=second&empty=&bare");

    assertThat(request.path()).isEqualTo("/users/用 x");
    assertThat(request.query())
        .containsOnly(entry("q", "a b&c"), entry("empty", ""), entry("bare", ""));
  }

  @Test
  void target_isWrittenAsALink() {
    assertThat(Requests.get("/users/%E7%94%A8?b=%3C%22&a=1+2").target())
        .isEqualTo("/users/%E7%94%A8?a=1%202&b=%3C%22");
    assertThat(Requests.get("/a+b").target()).isEqualTo("/a%2Bb");
  }

  @ParameterizedTest
  @CsvSource({
    "a=%zz, %zz",
    "a=%, %",
    "a=%4, %4",
    "a=%4g, %4g",
    "a=%%41, %A",
    "a=100%, 100%",
    "a=%EF, \uFFFD",
    "a=%C0%80, \uFFFD\uFFFD",
    "a=%00, '\u0000'",
    "a=%F0%9F%98%80, 😀",
    "a=😀, 😀",
    "a=%١١, %١١",
    "a==b, =b",
    "a=b=c, b=c",
  })
  void form_withOddEscapes_isRead(String body, String expected) {
    assertThat(Requests.post("/", body).form()).containsEntry("a", expected);
  }

  @Test
  void form_withLoneSurrogate_isRead() {
    assertThat(UrlEncoded.parse("a=%41\uD83D")).containsEntry("a", "A?");
  }

  @Test
  void form_withEmptyParts_isRead() {
    assertThat(Requests.post("/", "&&a=1&&=2&").form())
        .containsOnly(entry("a", "1"), entry("", "2"));
  }

  @Test
  void form_withTooManyFields_isBounded() {
    String body =
        IntStream.range(0, 5000).mapToObj(i -> "f" + i + "=1").collect(Collectors.joining("&"));

    assertThat(Requests.post("/", body).form()).hasSize(UrlEncoded.MAX_PARAMETERS);
  }

  @Test
  void form_ofAnotherType_isEmpty() {
    assertThat(Requests.post("/", "a=1", "Content-Type", "text/plain").form()).isEmpty();
    assertThat(
            Requests.post(
                    "/", "a=1", "Content-Type", "Application/X-WWW-form-urlencoded; charset=UTF-8")
                .form())
        .containsEntry("a", "1");
  }

  @Test
  void query_isWrittenAndReadAgain() {
    Map<String, String> all = Map.of("a b", "1&2=3", "用户", "%+ 😀\n\"<");

    assertThat(UrlEncoded.parse(UrlEncoded.format(all))).isEqualTo(all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lang=en",
        "a=1; lang=en",
        "lang=en;",
        ";;lang=en",
        "  lang = en  ",
        "lang=\"en\"",
        "lang=en; lang=zh-CN",
        "broken; lang=en",
        "=x; lang=en",
        "xlang=zh-CN; lang=en",
      })
  void cookie_isFound(String header) {
    assertThat(Requests.get("/", "Cookie", header).cookie("lang")).isEqualTo("en");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ";", "lang", "Lang=en", "xlang=en", "=en", "a=lang=en"})
  void cookie_thatIsNotThere_isNotFound(String header) {
    assertThat(Requests.get("/", "Cookie", header).cookie("lang")).isNull();
  }

  @Test
  void cookies_areBounded() {
    assertThat(Requests.get("/", "Cookie", "a=1;".repeat(100_000) + "lang=en").cookie("lang"))
        .isNull();
    assertThat(Requests.get("/", "Cookie", "lang=\"").cookie("lang")).isEqualTo("\"");
  }

  @Test
  void body_isReadAsUtf8() {
    assertThat(new String(Requests.post("/", "a=用户").body(), StandardCharsets.UTF_8))
        .isEqualTo("a=用户");
    assertThat(Requests.post("/", "a=用户").form()).containsEntry("a", "用户");
  }
}
