package dev.wxnotify.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A broken CSV is an error that names its line, and never a shorter campaign. */
class CsvRowsTest {
  private static final String HEADER = "open_id,time,corp_id,customer_id,goods_name\n";

  /** Errors of the header say so, and of all others the line. */
  private static final Pattern PLACE = Pattern.compile("line \\d+: .+|the header of the CSV .+");

  /** What a mistake may add to an open id, which the server refuses then. */
  private static final Pattern ADDED = Pattern.compile("[\"\\s\uFEFF]");

  /** What was read, up to the end or to what broke the file. */
  private record Reading(List<Row> rows, @Nullable String error) {
    /** Whether the caller hears that something is wrong, here or from the server. */
    boolean tells() {
      return error != null
          || rows.stream().anyMatch(Row.Bad.class::isInstance)
          || openIds().stream().anyMatch(id -> ADDED.matcher(id).replaceAll("").isEmpty());
    }

    List<String> openIds() {
      return items().map(item -> item.request().getSeckillMessage().getOpenId()).toList();
    }

    List<String> goods() {
      return items().map(item -> item.request().getSeckillMessage().getGoodsName()).toList();
    }

    private Stream<Row.Item> items() {
      return rows.stream().filter(Row.Item.class::isInstance).map(Row.Item.class::cast);
    }
  }

  private static Reading read(String text) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (Rows all = open(text)) {
      for (Row row = all.next(); row != null; row = all.next()) {
        rows.add(row);
      }
      return new Reading(rows, null);
    } catch (BrokenInputException | UnusableInputException e) {
      return new Reading(rows, String.valueOf(e.getMessage()));
    }
  }

  private static long count(String text) throws IOException, UnusableInputException {
    try (Rows all = open(text)) {
      return all.skipAll();
    }
  }

  private static Rows open(String text) throws IOException, UnusableInputException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new CsvRows(new TextInput(new ByteArrayInputStream(bytes), null));
  }

  // One or two mistakes at any place.

  /**
   * Files with everything that a CSV may have, with the goods in the last, first, middle column.
   */
  private static Stream<String> files() {
    return Stream.of("%2$s,%1$s,1,2,%3$s\n", "%3$s,%2$s,%1$s,1,2\n", "%1$s,%2$s,%3$s,1,2\n")
        .map(
            row ->
                row.replace("1,2", "corp_id,customer_id").formatted("time", "open_id", "goods_name")
                    + row.formatted("t", "u-1", "x")
                    + row.formatted("t", "u-2", "\"a, b\"")
                    + "\n"
                    + row.formatted("t", "u-3", "\"a \"\"b\"\"\nc\"")
                    + " \n,,,,\n"
                    + row.formatted("", "u-4", "y")
                    + row.formatted("\"\"", "u-5", "\"y\"")
                    + row.formatted("t", "u-6", "z"));
  }

  private static Stream<String> filesWithAnyEndOfLine() {
    return files().flatMap(file -> Stream.of("\n", "\r\n", "\r").map(end -> withEnds(file, end)));
  }

  private static String withEnds(String file, String end) {
    return file.replace("\n", end);
  }

  @ParameterizedTest
  @MethodSource("filesWithAnyEndOfLine")
  void file_inOrder_isReadWhole(String file) throws Exception {
    Reading reading = read(file);

    assertThat(reading.tells()).isFalse();
    assertHasAll(reading, file);
    assertThat(count(file)).isEqualTo(6);
  }

  @ParameterizedTest
  @MethodSource("filesWithAnyEndOfLine")
  void oneCharacterTooMany_atAnyPlace_losesNobodySilently(String file) throws Exception {
    for (String inserted : List.of("\"", "\"\"", "\r", ",", "\n", "\uFEFF", "\0")) {
      for (int at = 0; at <= file.length(); at++) {
        assertTellsOrHasAll(file.substring(0, at) + inserted + file.substring(at));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("filesWithAnyEndOfLine")
  void oneCharacterTooFew_atAnyPlace_losesNobodySilently(String file) throws Exception {
    for (int at = 0; at < file.length(); at++) {
      if ("\",\r\n".indexOf(file.charAt(at)) >= 0) {
        assertTellsOrHasAll(file.substring(0, at) + file.substring(at + 1));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void twoQuotesTooMany_atAnyPlaces_loseNobodySilently(String file) throws Exception {
    for (int first = 0; first <= file.length(); first++) {
      String one = file.substring(0, first) + '"' + file.substring(first);
      for (int second = first + 2; second <= one.length(); second++) {
        assertTellsOrHasAll(one.substring(0, second) + '"' + one.substring(second));
      }
    }
  }

  private static void assertTellsOrHasAll(String file) throws IOException {
    Reading reading = read(file);
    if (reading.error() != null) {
      assertThat(reading.error()).matches(PLACE);
    } else if (!reading.tells()) {
      assertHasAll(reading, file);
    }
  }

  private static void assertHasAll(Reading reading, String file) {
    assertThat(reading.openIds())
        .as(file)
        .map(id -> ADDED.matcher(id).replaceAll(""))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 6).mapToObj(i -> "u-" + i).toList());
  }

  // Mistakes that were seen, and their line.

  /** A file, the line that its error names, and the rows before. */
  private record Broken(String name, String text, int line, int before) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Broken> brokenFiles() {
    String first = HEADER + "u-1,t,1,2,x\n";
    String windows = withEnds(first, "\r\n");
    String mac = withEnds(first, "\r");
    String last = "u-3,t,1,2,29\"\n";
    return Stream.of(
        new Broken("rows, with a blank line", first + "u-2,t,1,2,\"27\n \n" + last, 3, 1),
        new Broken("rows, with a line of commas", first + "u-2,t,1,2,\"27\n,,\n" + last, 3, 1),
        new Broken("rows, with a short one", first + "u-2,t,1,2,\"27\nu-9,t\n" + last, 3, 1),
        new Broken(
            "rows, with text of two lines",
            HEADER + "u-1,t,1,2,\"27\nu-2,t,1,2,\"\"a\nb\"\nu-3,t,1,2,x\n",
            2,
            0),
        new Broken("closed before a comma", first + "u-2,t,1,2,\"27\nu-3,t,1,2,\",29\n", 3, 1),
        new Broken("closed in another column", first + "u-2,t,\"1,2,27\nu-3,t,1,2\",29\n", 3, 1),
        new Broken("CRLF, last row", windows + "u-2,t,1,2,\"27", 3, 1),
        new Broken("CRLF, last row with its end", windows + "u-2,t,1,2,\"27\r\n", 3, 1),
        new Broken("CRLF, closed later", windows + "u-2,t,1,2,\"27\r\nu-3,t,1,2,29\"\r\n", 3, 1),
        new Broken("CRLF, text behind", windows + "u-2,t,1,2,\"27\r\nb\" c\r\n", 3, 1),
        new Broken("CR, closed later", mac + "u-2,t,1,2,\"27\ru-3,t,1,2,29\"\r", 3, 1),
        new Broken("CR, never closed", mac + "\ru-2,t,1,2,\"27\r\r\r", 4, 1),
        new Broken("NUL", first + "u-2,t,1,2,27\0\nu-3,t,1,2,x\n", 3, 1),
        new Broken("NUL in quotes", first + "u-2,t,1,2,\"27\n\0\"\n", 4, 1),
        new Broken("a mark before a quote", first + "u-2,t,1,2,\uFEFF\"27\"\n", 3, 1),
        new Broken("a marked row in quotes", first + "\n\uFEFF\"u-2\",t,1,2,x\n", 4, 1),
        new Broken("a second file", first + HEADER + "u-2,t,1,2,x\n", 3, 1),
        new Broken("a second marked file", first + "\uFEFF" + HEADER + "u-2,t,1,2,x\n", 3, 1),
        new Broken(
            "a second file in another order",
            first + "goods_name,OPEN_ID,time,corp_id,customer_id,\nx,u-2,t,1,2\n",
            3,
            1),
        new Broken(
            "header, never closed", "open_id,time,corp_id,customer_id,\"goods_name\nu-1", 1, 0),
        new Broken("header, closed before text", "\"open_id\"x,time\nu-1,t\n", 1, 0),
        new Broken(
            "header that takes all rows",
            "open_id,template_id,\"data.thing1\nu-1,t,x\nu-2,t,x\"\n",
            1,
            0),
        new Broken(
            "header that takes a row",
            "open_id,template_id,\"data.thing1\r\nu-1,t,x\"\r\nu-2,t,x\r\n",
            1,
            0),
        new Broken("NUL in the header", HEADER.replace("time", "ti\0me"), 1, 0));
  }

  @ParameterizedTest
  @MethodSource("brokenFiles")
  void file_broken_namesTheLine(Broken file) throws Exception {
    Reading reading = read(file.text);

    assertThat(reading.error()).startsWith("line " + file.line + ": ");
    assertThat(reading.openIds()).hasSize(file.before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "u-2,t,1,2,x,y | 6 fields (expected: 5)",
        "u-2,t,1,2,,y | 6 fields (expected: 5)",
        "u-2,t,1,2,27\"a, b\" | 6 fields (expected: 5)",
        "u-2,t,1,2, \"a, b\" | 6 fields (expected: 5)",
        "u-2,t,\"1,2\",x | 4 fields (expected: 5)",
        "u-2,t,1,2 | 4 fields (expected: 5)",
        "u-2 | 1 fields (expected: 5)",
        "\uFEFF | 1 fields (expected: 5)",
      })
  void row_ofOtherLength_isBadByItsLine_andTheNextIsRead(String row, String told) throws Exception {
    Reading reading = read(HEADER + "u-1,t,1,2,x\n" + row + "\nu-3,t,1,2,x\n");

    assertThat(reading.error()).isNull();
    assertThat(reading.rows().get(1))
        .isEqualTo(new Row.Bad(2, 3, List.of(new Row.Problem("", told))));
    assertThat(reading.openIds()).containsExactly("u-1", "u-3");
  }

  /** The comma before a text with a comma is missing: its halves are in the columns of others. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "u-2,t,1,2\"a, b\" | customer_id",
        "u-2,t,1\"2,3\",x | corp_id",
        "u-2\"t,t\",1,2,x | open_id",
        "27\"u-2,t,1,2,x | open_id",
      })
  void id_withHalfAPairOfQuotes_isABadRow(String row, String column) throws Exception {
    Reading reading = read(HEADER + "u-1,t,1,2,x\n" + row + "\nu-3,t,1,2,x\n");

    assertThat(reading.rows().get(1))
        .isInstanceOfSatisfying(
            Row.Bad.class,
            bad ->
                assertThat(bad.problems())
                    .first()
                    .satisfies(
                        problem -> {
                          assertThat(problem.place()).isEqualTo(column);
                          assertThat(problem.what()).startsWith("has a quote within it");
                        }));
    assertThat(reading.openIds()).containsExactly("u-1", "u-3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"27\"\"\"", "a=\"1\"", "\"a\"\"b\""})
  void id_withQuotesThatAreMeant_isRead(String id) throws Exception {
    assertThat(read(HEADER + "u-1,t," + id + ",2,27\"屏\n").tells()).isFalse();
  }

  @Test
  void header_withAMarkInside_saysWhere() throws Exception {
    assertThat(read(HEADER.replace("time", "\uFEFFtime")).error())
        .contains("a byte order mark stands before 'time'");
  }

  /** People paste such texts from web pages, and nothing is wrong with them. */
  @Test
  void text_thatBeginsWithAMark_isRead() throws Exception {
    assertThat(read(HEADER + "u-1,t,1,2,\uFEFF咖啡\n").goods()).containsExactly("\uFEFF咖啡");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a, b\n\nc, d", "\na", "a\r\n", "open_id"})
  void text_ofSeveralLines_isRead(String text) throws Exception {
    Reading reading = read(HEADER + "u-1,t,1,2,\"" + text + "\"\nu-2,t,1,2,x\n");

    assertThat(reading.tells()).isFalse();
    assertThat(reading.goods()).containsExactly(text, "x");
  }
}
