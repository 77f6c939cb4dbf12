package dev.wxnotify.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** In which encoding a text is: by its byte order mark, by the command line, or UTF-8. */
final class TextEncoding {
  private static final Charset GB18030 = Charset.forName("GB18030");

  /** As many bytes as the longest mark has. */
  private static final int LONGEST_MARK = 4;

  private static final List<Mark> MARKS =
      List.of(
          new Mark("EFBBBF", StandardCharsets.UTF_8),
          new Mark("84319533", GB18030),
          new Mark("FEFF", StandardCharsets.UTF_16BE),
          new Mark("FFFE", StandardCharsets.UTF_16LE));

  private TextEncoding() {}

  /** A byte order mark and what it says. */
  private record Mark(String hex, Charset charset) {
    int length() {
      return hex.length() / 2;
    }

    /** Whether the bytes after the mark are read alike by the charset that was asked for. */
    boolean fits(Charset asked) {
      return asked.equals(charset)
          || (asked.equals(StandardCharsets.UTF_16) && charset.name().startsWith("UTF-16"))
          || (charset.equals(GB18030) && asked.name().startsWith("GB"));
    }
  }

  /**
   * Finds the encoding, and takes the byte order mark off.
   *
   * @param in at its beginning; must support {@link InputStream#mark}
   * @param asked what the command line says; null for nothing
   * @throws UnusableInputException if the byte order mark says something else
   */
  static Charset of(InputStream in, @Nullable Charset asked)
      throws IOException, UnusableInputException {
    in.mark(LONGEST_MARK);
    byte[] start = in.readNBytes(LONGEST_MARK);
    in.reset();
    String hex = HexFormat.of().withUpperCase().formatHex(start);
    for (Mark mark : MARKS) {
      if (hex.startsWith(mark.hex)) {
        if (asked != null && !mark.fits(asked)) {
          throw new UnusableInputException(
              "the input begins with the byte order mark of "
                  + mark.charset
                  + ", and --encoding says "
                  + asked);
        }
        in.skipNBytes(mark.length());
        return mark.charset;
      }
    }
    if (asked != null && asked.equals(StandardCharsets.UTF_16)) {
      // Files begin with an ASCII character: its zero byte tells the order.
      return start.length > 1 && start[1] == 0
          ? StandardCharsets.UTF_16LE
          : StandardCharsets.UTF_16BE;
    }
    return asked == null ? StandardCharsets.UTF_8 : asked;
  }

  /** Returns what to do about bytes that are no text in a charset. */
  static String remedy(Charset charset, byte[] bytes) {
    if (!charset.equals(GB18030) && isGb18030(bytes)) {
      return "it looks like GB18030: pass --encoding GB18030";
    }
    return "pass its encoding by --encoding";
  }

  private static boolean isGb18030(byte[] bytes) {
    // A line that is cut anywhere may end in half a character.
    for (int cut = 0; cut < LONGEST_MARK && cut < bytes.length; cut++) {
      try {
        GB18030.newDecoder().decode(ByteBuffer.wrap(bytes, 0, bytes.length - cut));
        return true;
      } catch (CharacterCodingException e) {
        // Maybe with less of its end.
      }
    }
    return false;
  }
}
