package dev.wxnotify.server.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.wxnotify.v1.BatchSendRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
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

  private final JsonFormat.Parser parser = JsonFormat.parser();
  private final BufferedReader in;
  private long line;
  private long number;

  NdjsonRows(Reader in) {
    this.in = new BufferedReader(in);
  }

  @Override
  public @Nullable Row next() throws IOException {
    for (String text = readLine(); text != null; text = readLine()) {
      line++;
      if (!text.isBlank()) {
        number++;
        return row(text);
      }
    }
    return null;
  }

  private Row row(String text) {
    if (text.length() > LONGEST_LINE) {
      return Row.Bad.of(number, line, "", "longer than " + LONGEST_LINE + " characters");
    }
    BatchSendRequest.Builder request = BatchSendRequest.newBuilder();
    try {
      parser.merge(text, request);
    } catch (InvalidProtocolBufferException e) {
      return new Row.Bad(number, line, List.of(problem(String.valueOf(e.getMessage()))));
    }
    return new Row.Item(number, line, request.build());
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
    StringBuilder text = new StringBuilder();
    int c = in.read();
    if (c < 0) {
      return null;
    }
    for (; c >= 0 && c != '\n'; c = in.read()) {
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
