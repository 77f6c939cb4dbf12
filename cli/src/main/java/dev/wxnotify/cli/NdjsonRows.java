package dev.wxnotify.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.wxnotify.v1.BatchSendRequest;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One item a line, in the JSON form of {@code BatchSendRequest}. Blank lines are no rows. */
final class NdjsonRows implements Rows {
  /** More than the largest request has in JSON, with every character escaped. */
  private static final int LONGEST_LINE = 2 * 1024 * 1024;

  private static final Pattern COLUMN =
      Pattern.compile("^(.*?)(?:[. ]*at)? line \\d+ column (\\d+)(?: path .*)?$", Pattern.DOTALL);

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final JsonFormat.Parser parser = JsonFormat.parser();
  private final TextInput in;
  private long line;
  private long number;

  NdjsonRows(TextInput in) {
    this.in = in;
  }

  @Override
  public @Nullable Row next() throws IOException {
    String text = nextText();
    if (text == null) {
      return null;
    }
    number++;
    return row(text);
  }

  @Override
  public long skipAll() throws IOException {
    long rows = 0;
    while (nextText() != null) {
      rows++;
    }
    return rows;
  }

  private @Nullable String nextText() throws IOException {
    String text = readLine();
    while (text != null && text.isBlank()) {
      text = readLine();
    }
    return text;
  }

  private Row row(String text) {
    if (text.length() > LONGEST_LINE) {
      return Row.Bad.of(number, line, "", "longer than " + LONGEST_LINE + " characters");
    }
    BatchSendRequest.Builder request = BatchSendRequest.newBuilder();
    try {
      parser.merge(text, request);
      checkSingle(text);
    } catch (InvalidProtocolBufferException e) {
      return new Row.Bad(number, line, List.of(problem(String.valueOf(e.getMessage()))));
    } catch (JsonProcessingException e) {
      return Row.Bad.of(
          number, line, "column " + e.getLocation().getColumnNr(), e.getOriginalMessage());
    } catch (IOException e) {
      throw new AssertionError("a text is read from memory", e);
    }
    return new Row.Item(number, line, request.build(), List.of());
  }

  /** The other parser passes over what follows the first value, and over repeated keys. */
  private static void checkSingle(String text) throws IOException {
    try (JsonParser json = JSON.createParser(text)) {
      json.nextToken();
      json.skipChildren();
      if (json.nextToken() != null) {
        throw new com.fasterxml.jackson.core.JsonParseException(
            json, "text after the object (expected: one object per line)");
      }
    }
  }

  /** The parser tells the place at the end of its text, with a line that is always the first. */
  private static Row.Problem problem(String message) {
    String text = message.replaceFirst("^([\\w$]+\\.)+\\w*Exception: ", "");
    Matcher matcher = COLUMN.matcher(text.lines().findFirst().orElse(text));
    return matcher.matches()
        ? new Row.Problem("column " + matcher.group(2), matcher.group(1))
        : new Row.Problem("", text);
  }

  /** Reads a line, of which no more is kept than tells that it is too long. */
  private @Nullable String readLine() throws IOException {
    line = in.line();
    StringBuilder text = new StringBuilder();
    int c = in.read();
    if (c == TextInput.END) {
      return null;
    }
    for (; c != TextInput.END && c != '\n' && c != '\r'; c = in.read()) {
      if (text.length() <= LONGEST_LINE) {
        text.append((char) c);
      }
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
