package dev.wxnotify.files;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What counts as a secret, in a file or in a value: one line of UTF-8 text. A byte order mark and
 * white space around the line, its line break included, are no part of it. What editors, shells and
 * {@code --env-file} leave in it by mistake is refused: further lines, quotes around it, control
 * characters and others that nobody can see.
 */
public final class Secret {
  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final String OPENING_QUOTES = "\"'`\u201C\u2018\u300C";
  private static final String CLOSING_QUOTES = "\"'`\u201D\u2019\u300D";

  private Secret() {}

  /**
   * Returns the secret that {@code file} holds.
   *
   * @throws UnusableFileException if the file cannot be read, or does not hold one
   */
  public static String read(Path file) throws UnusableFileException {
    return of(SmallFile.read(file));
  }

  /**
   * Returns the secret that the content of a file is.
   *
   * @throws UnusableFileException if it is none
   */
  public static String of(byte[] content) throws UnusableFileException {
    try {
      return of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString());
    } catch (CharacterCodingException e) {
      throw new UnusableFileException("is not UTF-8 text");
    }
  }

  /**
   * Returns the secret that a value is.
   *
   * @throws UnusableFileException if it is none
   */
  public static String of(String value) throws UnusableFileException {
    String text = value.startsWith(BYTE_ORDER_MARK) ? value.substring(1) : value;
    String secret = text.strip();
    if (secret.isEmpty()) {
      throw new UnusableFileException("is empty");
    }
    if (secret.indexOf('\n') >= 0 || secret.indexOf('\r') >= 0) {
      throw new UnusableFileException("has more than one line");
    }
    if (secret.codePoints().anyMatch(Secret::isInvisible)) {
      throw new UnusableFileException("contains control or invisible characters");
    }
    if (isQuoted(secret)) {
      throw new UnusableFileException("has quotes around it, which would be part of the secret");
    }
    return secret;
  }

  private static boolean isInvisible(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      case Character.SPACE_SEPARATOR -> character != ' ';
      default -> character == 0xFFFD;
    };
  }

  private static boolean isQuoted(String secret) {
    int quote = OPENING_QUOTES.indexOf(secret.charAt(0));
    return quote >= 0
        && secret.length() > 1
        && secret.charAt(secret.length() - 1) == CLOSING_QUOTES.charAt(quote);
  }
}
