package dev.wxnotify.server.cli;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import org.jspecify.annotations.Nullable;

/**
 * The characters of an input, and the line of each. Everything before bytes that are no text is
 * read, and then they are an error: a message must not be sent with other text than meant.
 *
 * <p>A line ends with LF, CR LF or CR.
 */
final class TextInput implements Closeable {
  /** Returned at the end of the input. */
  static final int END = -1;

  /** The byte order mark, decoded. */
  static final char MARK = '\uFEFF';

  private static final int BUFFER = 16 * 1024;

  /** So many bytes tell which encoding a text is in. */
  private static final int SAMPLE = 256;

  private final InputStream in;
  private final Charset charset;
  private final CharsetDecoder decoder;
  private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).limit(0);
  private final CharBuffer chars = CharBuffer.allocate(BUFFER).limit(0);

  /** Whether the last byte was read. */
  private boolean hasAll;

  /** Whether the last character was decoded. */
  private boolean ended;

  private boolean begun;
  private byte @Nullable [] undecodable;
  private long line = 1;
  private boolean afterCr;

  /**
   * Begins.
   *
   * @param in is closed with this
   * @param asked the encoding, if the input has no byte order mark; null for UTF-8
   * @throws UnusableInputException if the input begins with the byte order mark of another one
   */
  TextInput(InputStream in, @Nullable Charset asked) throws IOException, UnusableInputException {
    this.in = new BufferedInputStream(in, BUFFER);
    this.charset = TextEncoding.of(this.in, asked);
    this.decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /**
   * Reads a UTF-16 unit.
   *
   * @return {@link #END} after the last one
   * @throws UndecodableInputException where the bytes are no text
   */
  int read() throws IOException {
    if (!chars.hasRemaining() && !fill()) {
      return END;
    }
    char c = chars.get();
    if (c == 0) {
      throw new UndecodableInputException(
          line, "has a NUL character; if the input is UTF-16: pass --encoding UTF-16");
    }
    if (c == '\r' || (c == '\n' && !afterCr)) {
      line++;
    }
    afterCr = c == '\r';
    return c;
  }

  /** Returns what {@link #read} will return. */
  int peek() throws IOException {
    return chars.hasRemaining() || fill() ? chars.get(chars.position()) : END;
  }

  /** Returns the line of the next character, from 1. */
  long line() {
    return line;
  }

  /** Returns the encoding. */
  Charset charset() {
    return charset;
  }

  /** Decodes some more. Returns whether there is any. */
  private boolean fill() throws IOException {
    chars.clear();
    while (chars.position() == 0 && !ended) {
      if (undecodable != null) {
        throw undecodable(undecodable);
      }
      CoderResult result = decoder.decode(bytes, chars, hasAll);
      if (result.isError()) {
        undecodable = sample();
      } else if (chars.position() == 0 && !hasAll) {
        more(); // May block, so not before what is here was read.
      } else if (chars.position() == 0) {
        decoder.flush(chars);
        ended = true;
      }
    }
    chars.flip();
    boolean more = chars.hasRemaining();
    if (more && !begun) {
      begun = true;
      if (chars.get(0) == MARK) {
        chars.get(); // A second one, as some programs write.
        return chars.hasRemaining() || fill();
      }
    }
    return more;
  }

  private void more() throws IOException {
    bytes.compact();
    int n = in.read(bytes.array(), bytes.position(), bytes.remaining());
    hasAll = n < 0;
    bytes.position(bytes.position() + Math.max(0, n)).flip();
  }

  /** Returns what stands where the text ends. */
  private byte[] sample() throws IOException {
    if (bytes.remaining() < SAMPLE && in.available() > 0) {
      more();
    }
    byte[] sample = new byte[Math.min(SAMPLE, bytes.remaining())];
    bytes.get(bytes.position(), sample);
    return sample;
  }

  private UndecodableInputException undecodable(byte[] sample) {
    return new UndecodableInputException(
        line,
        "is not "
            + charset
            + String.format(" (byte 0x%02X); ", sample[0])
            + TextEncoding.remedy(charset, sample));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
