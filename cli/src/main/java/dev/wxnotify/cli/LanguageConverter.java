package dev.wxnotify.cli;

import dev.wxnotify.v1.Language;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads WeChat's names of languages. */
final class LanguageConverter implements ITypeConverter<Language> {
  @Override
  public Language convert(String value) {
    return switch (value) {
      case "zh_CN" -> Language.LANGUAGE_ZH_CN;
      case "en_US" -> Language.LANGUAGE_EN_US;
      case "zh_HK" -> Language.LANGUAGE_ZH_HK;
      case "zh_TW" -> Language.LANGUAGE_ZH_TW;
      default ->
          throw new TypeConversionException(
              "'" + value + "' (expected: zh_CN, en_US, zh_HK or zh_TW)");
    };
  }
}
