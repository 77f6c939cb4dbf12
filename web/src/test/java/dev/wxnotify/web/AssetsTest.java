package dev.wxnotify.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssetsTest {
  private final Assets assets = new Assets();

  @ParameterizedTest
  @CsvSource({
    "web.css, text/css; charset=utf-8, --surface",
    "web.js, text/javascript; charset=utf-8, data-copy",
    "icon.svg, image/svg+xml, <svg",
    "htmx.js, text/javascript; charset=utf-8, htmx",
    "sse.js, text/javascript; charset=utf-8, EventSource",
    "uplot.js, text/javascript; charset=utf-8, uPlot",
    "uplot.css, text/css; charset=utf-8, .uplot",
  })
  void file_thatIsListed_isServed(String name, String type, String part) {
    PageAnswer.Whole answer = answer(assets.url(name));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.contentType()).isEqualTo(type);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains(part);
    assertThat(answer.headers())
        .containsEntry("Cache-Control", "public, max-age=31536000, immutable")
        .containsEntry("X-Content-Type-Options", "nosniff");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "none.css",
        "WEB.CSS",
        "web.css/",
        "../web.css",
        "%2e%2e/web/web.css",
        "web.en.properties",
        "/META-INF/MANIFEST.MF",
        "%2FMETA-INF/MANIFEST.MF",
        "Assets.class",
        "web.css%00.js",
      })
  void file_thatIsNotListed_isNotThere(String name) {
    assertThat(answer("/assets/" + name).status()).isEqualTo(404);
  }

  @Test
  void path_elsewhere_isNotAnswered() {
    assertThat(assets.answer(Requests.get("/asset/web.css"))).isEmpty();
    assertThat(assets.answer(Requests.get("/"))).isEmpty();
  }

  @Test
  void file_withoutItsVersion_isAskedAboutAgain() {
    for (String path : new String[] {"/assets/web.css", "/assets/web.css?v=old"}) {
      assertThat(answer(path).headers()).containsEntry("Cache-Control", "no-cache");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TAG", "W/TAG", "\"other\", TAG", "*"})
  void file_thatTheBrowserHas_isNotSentAgain(String tags) {
    String tag = answer("/assets/web.css").headers().get("ETag");

    PageAnswer.Whole again = answer("/assets/web.css", "If-None-Match", tags.replace("TAG", tag));

    assertThat(again.status()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(again.headers()).containsEntry("ETag", tag).containsEntry("Vary", "Accept-Encoding");
    assertThat(answer("/assets/web.css", "If-None-Match", "\"other\"").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "gzip, deflate, br", "br, GZIP;q=0.5", "br,gzip ; q=1.0"})
  void file_isZippedForWhoTakesIt(String encodings) throws IOException {
    PageAnswer.Whole plain = answer("/assets/htmx.js");
    PageAnswer.Whole zipped = answer("/assets/htmx.js", "Accept-Encoding", encodings);

    assertThat(zipped.headers()).containsEntry("Content-Encoding", "gzip");
    assertThat(zipped.headers().get("ETag")).isNotEqualTo(plain.headers().get("ETag"));
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
      assertThat(in.readAllBytes()).isEqualTo(plain.body());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "br", "gzip;q=0", "gzip;q=0.0", "xgzip", "gzipx"})
  void file_isNotZippedForOthers(String encodings) {
    assertThat(answer("/assets/htmx.js", "Accept-Encoding", encodings).headers())
        .doesNotContainKey("Content-Encoding");
  }

  @Test
  void file_isReadOnly() {
    assertThat(assets.answer(Requests.post("/assets/web.css", "a=1")))
        .hasValueSatisfying(answer -> assertThat(answer.status()).isEqualTo(405));
    assertThat(assets.answer(Requests.of("HEAD", "/assets/web.css", "")))
        .hasValueSatisfying(answer -> assertThat(answer.status()).isEqualTo(200));
  }

  @Test
  void files_ofAProduct_areServedToo() {
    Assets more = assets.with(AssetsTest.class, "sample.css");

    assertThat(more.answer(Requests.get(more.url("sample.css")))).isPresent();
    assertThatIllegalArgumentException().isThrownBy(() -> assets.url("sample.css"));
    assertThatIllegalArgumentException().isThrownBy(() -> assets.with(AssetsTest.class, "web.css"));
  }

  private PageAnswer.Whole answer(String target, String... headers) {
    return assets.answer(Requests.get(target, headers)).orElseThrow();
  }
}
