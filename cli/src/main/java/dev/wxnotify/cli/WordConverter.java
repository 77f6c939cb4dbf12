package dev.wxnotify.cli;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a value of an enum of the contract by its name in lower case, without its prefix. */
abstract class WordConverter<E extends Enum<E>> implements ITypeConverter<E> {
  private final Map<E, String> words;

  /**
   * Creates a converter.
   *
   * @param prefix what the names of all values begin with
   */
  WordConverter(Class<E> type, String prefix) {
    this.words = new EnumMap<>(type);
    for (E each : type.getEnumConstants()) {
      if (!each.name().equals("UNRECOGNIZED") && !each.name().endsWith("_UNSPECIFIED")) {
        words.put(each, word(each, prefix));
      }
    }
  }

  /** Returns the name of a value as people write it. */
  static String word(Enum<?> value, String prefix) {
    return value.name().replaceFirst("^" + prefix, "").toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public E convert(String text) {
    String given = text.toLowerCase(Locale.ROOT).replace('_', '-');
    return words.entrySet().stream()
        .filter(each -> each.getValue().equals(given))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'"
                        + text
                        + "' (expected: "
                        + words.values().stream().collect(Collectors.joining(", "))
                        + ")"))
        .getKey();
  }
}
