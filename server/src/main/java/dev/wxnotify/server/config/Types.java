package dev.wxnotify.server.config;

import dev.wxnotify.files.Secret;
import dev.wxnotify.files.SmallFile;
import dev.wxnotify.files.UnusableFileException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The types that many keys share. */
final class Types {
  static final int MAX_PORT = 65_535;

  private static final Duration LONGEST = Duration.ofDays(365);
  private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L);

  static final ValueType<String> TEXT = ValueType.of("text", text -> text);
  static final ValueType<Boolean> BOOLEAN = ValueType.of("boolean", Types::trueOrFalse);
  static final ValueType<Duration> DURATION = ValueType.of("duration", Types::duration);
  static final ValueType<Duration> DURATION_OR_ZERO =
      ValueType.of("duration, or `0s`", Types::durationOrZero);
  static final ValueType<InetAddress> HOST = ValueType.of("host", Types::host);
  static final ValueType<Integer> PORT = ValueType.of("port", Types::port);
  static final ValueType<ReadFile> FILE = ValueType.of("file", Types::file);
  static final ValueType<String> SECRET =
      ValueType.<String>of("secret", text -> usable(() -> Secret.of(text))).secret();
  static final ValueType<SecretFile> SECRET_FILE =
      ValueType.of("file of a secret", Types::secretFile);

  static final ValueType<List<String>> SECRETS =
      ValueType.listOf("secrets", text -> usable(() -> Secret.of(text))).secret();
  static final ValueType<List<SecretFile>> SECRET_FILES =
      ValueType.listOf("files of a secret", Types::secretFile);

  private Types() {}

  static ValueType<Integer> integerFrom(int least) {
    return ValueType.of(integerWords(least), text -> (int) number(text, least, Integer.MAX_VALUE));
  }

  static ValueType<Long> longFrom(long least) {
    return ValueType.of(integerWords(least), text -> number(text, least, Long.MAX_VALUE));
  }

  private static String integerWords(long least) {
    return "integer, at least " + least;
  }

  /** Returns the type of a choice, in any letter case. */
  static <T> ValueType<T> oneOf(List<T> choices, Function<T, String> word) {
    List<String> words = choices.stream().map(word).toList();
    return ValueType.of(
        words.stream().map(each -> "`" + each + "`").collect(Collectors.joining(", ")),
        text -> {
          for (T choice : choices) {
            if (word.apply(choice).equalsIgnoreCase(text.strip())) {
              return choice;
            }
          }
          int last = words.size() - 1;
          throw new WrongValueException(
              "expected: " + String.join(", ", words.subList(0, last)) + " or " + words.get(last));
        });
  }

  /** Returns the type of a choice whose words are the constants' names in lower case. */
  static <E extends Enum<E>> ValueType<E> oneOf(Class<E> choices) {
    return oneOf(
        List.of(choices.getEnumConstants()), choice -> choice.name().toLowerCase(Locale.ROOT));
  }

  private static long number(String text, long least, long most) throws WrongValueException {
    long number;
    try {
      number = Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new WrongValueException("expected: a whole number");
    }
    if (number > most) {
      throw new WrongValueException("expected: a whole number, at most " + most);
    }
    if (number < least) {
      throw new WrongValueException("expected: at least " + least);
    }
    return number;
  }

  private static int port(String text) throws WrongValueException {
    long port = number(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
    if (port < 0 || port > MAX_PORT) {
      throw new WrongValueException("expected: 0 to " + MAX_PORT);
    }
    return (int) port;
  }

  private static boolean trueOrFalse(String text) throws WrongValueException {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "y", "on", "1", "t" -> true;
      case "false", "no", "n", "off", "0", "f" -> false;
      default -> throw new WrongValueException("expected: true or false");
    };
  }

  private static Duration duration(String text) throws WrongValueException {
    Duration duration = anyDuration(text.strip());
    if (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST) > 0) {
      throw new WrongValueException(
          "expected: more than zero, and at most " + LONGEST.toDays() + " days");
    }
    return duration;
  }

  private static Duration durationOrZero(String text) throws WrongValueException {
    Duration duration = anyDuration(text.strip());
    return duration.isZero() ? duration : duration(text);
  }

  private static Duration anyDuration(String text) throws WrongValueException {
    Matcher matcher = SHORT_DURATION.matcher(text);
    if (matcher.matches()) {
      return Duration.ofMillis(
          Long.parseLong(matcher.group(1)) * MILLIS.getOrDefault(matcher.group(2), 1L));
    }
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new WrongValueException("expected: a duration such as 500ms, 2s, 5m or 1h");
    }
  }

  private static InetAddress host(String text) throws WrongValueException {
    try {
      if (!text.isBlank()) { // For the JDK nothing is a name of this machine.
        return InetAddress.getByName(text.strip());
      }
    } catch (UnknownHostException e) {
      // Its text repeats the value.
    }
    throw new WrongValueException("is not a known host");
  }

  static ReadFile file(String text) throws WrongValueException {
    return usable(
        () -> {
          Path path = SmallFile.path(text.strip());
          return new ReadFile(path, SmallFile.read(path));
        });
  }

  private static SecretFile secretFile(String text) throws WrongValueException {
    ReadFile file = file(text);
    return usable(() -> new SecretFile(file.path(), Secret.of(file.content())));
  }

  private interface Reader<T> {
    T read() throws UnusableFileException;
  }

  /** The texts about files repeat nothing of them, and can follow the name of a key too. */
  private static <T> T usable(Reader<T> reader) throws WrongValueException {
    try {
      return reader.read();
    } catch (UnusableFileException e) {
      throw new WrongValueException(String.valueOf(e.getMessage()));
    }
  }
}
