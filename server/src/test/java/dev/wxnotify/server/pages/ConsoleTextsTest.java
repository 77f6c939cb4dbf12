package dev.wxnotify.server.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.wechat.WeChatErrcodeExplanations;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.web.Language;
import dev.wxnotify.web.Texts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The texts of the console, in both languages. */
class ConsoleTextsTest {
  private static final Pattern KEY = Pattern.compile("(?:text|get)\\(\\s*\"([\\w.]+\\w)\"[,)]");
  private static final int MOST = 100_000;

  private final Texts texts = new HtmlPages(Clock.systemUTC()).texts();

  @Test
  void languages_haveTheSameTexts() {
    assertThat(texts.faults()).isEmpty();
  }

  @Test
  void keys_ofTemplatesAndCode_haveTexts() throws IOException {
    List<String> used = new ArrayList<>();
    for (Path folder :
        List.of(Path.of("src/main/jte"), Path.of("src/main/java/dev/wxnotify/server/pages"))) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Matcher keys = KEY.matcher(Files.readString(file));
          while (keys.find()) {
            used.add(keys.group(1));
          }
        }
      }
    }
    used.remove("next"); // A field of a form.
    Texts.Words words = texts.in(Language.EN);
    assertThat(used).hasSizeGreaterThan(100);
    assertThat(used).allSatisfy(key -> assertThat(words.getOr(key, "")).as(key).isNotEmpty());
  }

  @Test
  void reasons_areThoseOfTheContract_andExplained() {
    Texts.Words words = texts.in(Language.ZH_CN);
    Stream.of(Rejected.Reason.values(), NotSent.Reason.values(), Unknown.Reason.values())
        .flatMap(Stream::of)
        .map(each -> ReasonNames.ofContract(each.name()))
        .forEach(
            reason -> {
              assertThat(ErrorReason.valueOf(reason).name()).isEqualTo(reason);
              assertThat(words.getOr("reason." + reason + ".meaning", "")).isNotEmpty();
              assertThat(words.getOr("reason." + reason + ".action", "")).isNotEmpty();
            });
  }

  @Test
  void errcodes_thatTheServerKnows_haveAChineseText_andNoOthers() {
    WeChatErrcodeExplanations english = new WeChatErrcodeExplanations();
    List<Integer> known =
        IntStream.range(-10, MOST).filter(code -> english.find(code) != null).boxed().toList();
    assertThat(new Explanations().codes()).isEqualTo(known);
  }
}
