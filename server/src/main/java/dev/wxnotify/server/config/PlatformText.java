package dev.wxnotify.server.config;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The text that this process exchanges with its platform. The JVM decodes arguments and environment
 * variables by the charset of the locale. Where there is no locale (cron, containers, {@code env
 * -i}), that is ASCII, and each byte of other characters has become U+FFFD before any code of ours
 * runs. Such text must not reach a user, or name a campaign.
 */
public final class PlatformText {
  private static final char REPLACEMENT = '\uFFFD';
  private static final String OURS = "WXNOTIFY_";

  private PlatformText() {}

  /** Returns what is wrong with the arguments; empty if they are as they were given. */
  public static Optional<String> mistake(List<String> args) {
    Charset charset = charset();
    for (int i = 0; i < args.size(); i++) {
      if (isDestroyed(args.get(i), charset)) {
        return Optional.of(name(args, i) + " " + explanation(charset));
      }
    }
    return Optional.empty();
  }

  /**
   * Adds to {@code mistakes} the variables of this program that are not as they were given.
   *
   * @param environment the variables, as the JVM has them
   */
  static void check(Map<String, String> environment, Mistakes mistakes) {
    Charset charset = charset();
    environment.forEach(
        (variable, value) -> {
          if (Keys.variable(variable).startsWith(OURS) && isDestroyed(value, charset)) {
            mistakes.add(variable, explanation(charset));
          }
        });
  }

  /**
   * Whether a text is not what was given.
   *
   * @param charset by which it was decoded
   */
  static boolean isDestroyed(String text, Charset charset) {
    return text.indexOf(REPLACEMENT) >= 0 || isUtf8ReadBytewise(text, charset);
  }

  /** A charset of single bytes accepts any of them, and makes other characters of UTF-8. */
  private static boolean isUtf8ReadBytewise(String text, Charset charset) {
    if (!charset.canEncode()
        || charset.newEncoder().maxBytesPerChar() > 1
        || text.chars().allMatch(c -> c < 0x80)) {
      return false;
    }
    try {
      ByteBuffer bytes = charset.newEncoder().encode(CharBuffer.wrap(text));
      StandardCharsets.UTF_8.newDecoder().decode(bytes);
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** The value is not told: it may be a secret. */
  private static String name(List<String> args, int i) {
    String arg = args.get(i);
    int equals = arg.indexOf('=');
    if (arg.startsWith("-") && equals > 0 && arg.substring(0, equals).indexOf(REPLACEMENT) < 0) {
      return arg.substring(0, equals);
    }
    if (i > 0 && args.get(i - 1).startsWith("--") && args.get(i - 1).indexOf('=') < 0) {
      return args.get(i - 1);
    }
    return "argument " + (i + 1);
  }

  private static String explanation(Charset charset) {
    return charset.equals(StandardCharsets.UTF_8)
        ? "has text that is not UTF-8, or was corrupted before it arrived here (it has U+FFFD)"
        : "has text that this process cannot read, since its locale has the charset "
            + charset
            + ": set LANG=C.UTF-8 (or LC_ALL) in its environment";
  }

  /** Returns the charset of arguments and variables. */
  static Charset charset() {
    String name = System.getProperty("sun.jnu.encoding", "UTF-8");
    return Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.UTF_8;
  }

  /**
   * Writes UTF-8 where the locale has ASCII alone, which is a part of it: a question mark for each
   * character of WeChat's answers helps nobody. To be called before anything is written.
   */
  public static void printUtf8() {
    if (charset().equals(StandardCharsets.US_ASCII)) {
      System.setOut(print(FileDescriptor.out));
      System.setErr(print(FileDescriptor.err));
      // By these the command line's library knows what the streams take.
      System.setProperty("sun.stdout.encoding", "UTF-8");
      System.setProperty("sun.stderr.encoding", "UTF-8");
    }
  }

  private static PrintStream print(FileDescriptor to) {
    return new PrintStream(new FileOutputStream(to), true, StandardCharsets.UTF_8);
  }
}
