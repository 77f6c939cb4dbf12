package dev.wxnotify.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreferencesTest {
  private final PreferencesForm form = new PreferencesForm();

  @ParameterizedTest
  @CsvSource({
    "'', EN",
    "en, EN",
    "en-GB, EN",
    "zh, ZH_CN",
    "zh-CN, ZH_CN",
    "ZH-hans-cn, ZH_CN",
    "zh-TW, ZH_CN",
    "'zh-CN,zh;q=0.9,en;q=0.8', ZH_CN",
    "'en;q=0.8,zh-CN;q=0.9', ZH_CN",
    "'en-US,en;q=0.9,zh;q=0.8', EN",
    "'de-DE,de;q=0.9,zh;q=0.5,en;q=0.4', ZH_CN",
    "'de', EN",
    "'*', EN",
    "'zh;q=0', EN",
    "'zh;q=0.000,en;q=0.1', EN",
    "'zh;q=x', EN",
    "'zh;q=99', EN",
    "'zh;;q=1', EN",
    "',,;;,', EN",
  })
  void language_isThatOfTheBrowser(String accepted, Language expected) {
    assertThat(Preferences.of(Requests.get("/", "Accept-Language", accepted)).language())
        .isEqualTo(expected);
  }

  @Test
  void language_ofALongHeader_isBounded() {
    String header = "de,".repeat(100_000) + "zh";

    assertThat(Preferences.of(Requests.get("/", "Accept-Language", header)).language())
        .isEqualTo(Language.EN);
  }

  @Test
  void cookie_countsMoreThanTheBrowser() {
    PageRequest request =
        Requests.get("/", "Accept-Language", "zh", "Cookie", "lang=en; scheme=dark");

    assertThat(Preferences.of(request).language()).isEqualTo(Language.EN);
    assertThat(Preferences.of(request).scheme()).isEqualTo(Scheme.DARK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "xx", "EN", "en\"><script>", "zh_CN"})
  void cookie_thatIsUnknown_doesNotCount(String value) {
    PageRequest request =
        Requests.get("/", "Accept-Language", "zh", "Cookie", "lang=" + value + "; scheme=" + value);

    assertThat(Preferences.of(request).language()).isEqualTo(Language.ZH_CN);
    assertThat(Preferences.of(request).scheme()).isEqualTo(Scheme.AUTO);
  }

  @Test
  void form_setsTheCookie_andLeadsBack() {
    PageAnswer.Whole answer =
        form.answer(Requests.post("/preferences", "back=%2Fusers%3Fq%3D1&lang=zh-CN"));

    assertThat(answer.status()).isEqualTo(303);
    assertThat(answer.headers())
        .containsEntry("Location", "/users?q=1")
        .containsEntry(
            "Set-Cookie", "lang=zh-CN; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    assertThat(
            form.answer(Requests.post("/preferences", "scheme=dark")).headers().get("Set-Cookie"))
        .startsWith("scheme=dark;");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "users",
        "http://evil.example/",
        "//evil.example",
        "/%5Cevil.example",
        "/%0D%0ASet-Cookie:a=b",
        "/%09/evil.example",
        "/a b",
        "/用户",
        "javascript:alert(1)",
      })
  void form_leadsToNoOtherHost(String back) {
    assertThat(form.answer(Requests.post("/preferences", "lang=en&back=" + back)).headers())
        .containsEntry("Location", "/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=1", "lang=fr", "scheme=red", "lang=en%0D%0Ax"})
  void form_withUnknownValues_isRefused(String body) {
    PageAnswer.Whole answer = form.answer(Requests.post("/preferences", body));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.headers()).doesNotContainKey("Set-Cookie");
  }

  @Test
  void form_takesPostsOnly() {
    PageAnswer.Whole answer = form.answer(Requests.get("/preferences?lang=en"));

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.headers()).containsAllEntriesOf(Map.of("Allow", "POST"));
  }
}
