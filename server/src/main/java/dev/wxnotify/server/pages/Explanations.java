package dev.wxnotify.server.pages;

import dev.wxnotify.server.delivery.ErrcodeExplanations;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.web.Language;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong in a viewer's language, and what to do: by WeChat's errcode, and by the reason
 * where WeChat gave none. The core has the English texts of errcodes; the Chinese ones are here.
 */
final class Explanations {
  private static final String MEANING = ".meaning";

  private final Properties chinese = load();

  /**
   * What something means.
   *
   * @param meaning what happened
   * @param action what helps
   */
  record Explanation(String meaning, String action) {}

  private static Properties load() {
    try (InputStream file = Explanations.class.getResourceAsStream("errcodes.zh-CN.properties")) {
      Properties texts = new Properties();
      if (file != null) {
        texts.load(new InputStreamReader(file, StandardCharsets.UTF_8));
      }
      return texts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the errcodes that have an explanation, in order. */
  List<ErrorRow> errcodes(
      PageTexts texts, IntFunction<ErrcodeExplanations.@Nullable Entry> english) {
    return codes().stream()
        .flatMap(
            code ->
                Stream.ofNullable(of(texts, code, english))
                    .map(each -> new ErrorRow(Integer.toString(code), "errcode" + code, each)))
        .toList();
  }

  /** Returns the errcodes that have a Chinese text, in order. */
  List<Integer> codes() {
    return chinese.stringPropertyNames().stream()
        .filter(name -> name.endsWith(MEANING))
        .map(name -> Integer.valueOf(name.substring(0, name.length() - MEANING.length())))
        .sorted()
        .toList();
  }

  /** Returns the reasons with which messages end, by name. */
  List<ErrorRow> reasons(PageTexts texts) {
    return Stream.of(Rejected.Reason.values(), NotSent.Reason.values(), Unknown.Reason.values())
        .flatMap(Stream::of)
        .map(each -> ReasonNames.ofContract(each.name()))
        .distinct()
        .sorted()
        .flatMap(
            name ->
                Stream.ofNullable(ofReason(texts, name))
                    .map(each -> new ErrorRow(name, name, each)))
        .toList();
  }

  /**
   * Explains an end that is no acceptance; null where the reason has no text, as one of a newer
   * replica.
   *
   * @param reason the core's name of the reason
   * @param english the English texts of errcodes
   */
  @Nullable Explanation of(
      PageTexts texts,
      String reason,
      @Nullable WeChatError error,
      IntFunction<ErrcodeExplanations.@Nullable Entry> english) {
    Explanation known = error == null ? null : of(texts, error.errcode(), english);
    return known == null ? ofReason(texts, reason) : known;
  }

  /** Explains an errcode; null where it is not known. */
  @Nullable Explanation of(
      PageTexts texts, int errcode, IntFunction<ErrcodeExplanations.@Nullable Entry> english) {
    String meaning = chinese.getProperty(errcode + MEANING);
    String action = chinese.getProperty(errcode + ".action");
    if (texts.language() == Language.ZH_CN && meaning != null && action != null) {
      return new Explanation(meaning, action);
    }
    ErrcodeExplanations.Entry entry = english.apply(errcode);
    return entry == null ? null : new Explanation(entry.meaning(), entry.action());
  }

  /** Explains a reason of the core, or of the contract; null where there is none. */
  @Nullable Explanation ofReason(PageTexts texts, String reason) {
    String name = "reason." + ReasonNames.ofContract(reason);
    String meaning = texts.getOr(name + MEANING, "");
    return meaning.isEmpty() ? null : new Explanation(meaning, texts.get(name + ".action"));
  }
}
