package dev.wxnotify.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.SequenceInputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Files as people, databases and spreadsheets make them. */
class BatchFilesTest {
  private static final String HEADER = "open_id,goods_name,time,corp_id,customer_id\n";
  private static final String LAST = "open_id,time,corp_id,customer_id,goods_name\n";
  private static final String FIRST = "goods_name,open_id,time,corp_id,customer_id\n";
  private static final Charset GB18030 = Charset.forName("GB18030");

  private final FakeNotificationService service = new FakeNotificationService();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Path directory;
  private final Path results;

  BatchFilesTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.results = directory.resolve("results.ndjson");
  }

  @AfterEach
  void close() {
    service.close();
  }

  // Quotes that break a file.

  /** A file, the line where its quote opens, and the rows before. */
  record Broken(String name, String text, int line, int before) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Broken> brokenFiles() {
    String more = "a-9,20:00,1,2,屏\n".repeat(38);
    String huge = "a-9,20:00,1,2,\"" + "屏".repeat(3 * 1024 * 1024);
    return Stream.of(
        new Broken("last column", LAST + "a-1,20:00,1,2,x\na-2,20:00,1,2,\"27寸屏\n" + more, 3, 1),
        new Broken("last row", LAST + "a-1,20:00,1,2,x\na-2,20:00,1,2,\"27寸屏", 3, 1),
        new Broken("first row", LAST + "a-1,20:00,1,2,\"27寸屏\n" + more, 2, 0),
        new Broken("first column", FIRST + "x,a-1,20:00,1,2\n\"27寸,a-2,20:00,1,2\n" + more, 3, 1),
        new Broken("middle", HEADER + "a-1,x,20:00,1,2\na-2,\"27寸,20:00,1,2\n" + more, 3, 1),
        new Broken("quote alone", LAST + "a-1,20:00,1,2,x\na-2,20:00,1,2,\"", 3, 1),
        new Broken("carriage returns", LAST.replace('\n', '\r') + "a,20:00,1,2,\"x\r\r", 2, 0),
        new Broken("text behind", HEADER + "a-1,x,t,1,2\n\na-2,\"g\"x,t,1,2\na-3,x,t,1,2\n", 4, 1),
        new Broken("blank behind", HEADER + "a-1,x,t,1,2\na-2,\"g\" ,t,1,2\n", 3, 1),
        new Broken(
            "closed by the next stray one",
            LAST + "a-1,t,1,2,x\na-2,t,1,2,\"27寸\na-3,t,1,2,\"29寸\na-4,t,1,2,x\n",
            3,
            1),
        new Broken(
            "closed at the end of a later row",
            LAST + "a-1,t,1,2,x\na-2,t,1,2,\"27寸\na-3,t,1,2,x\n\na-4,t,1,2,29\"\na-5,t,1,2,x\n",
            3,
            1),
        new Broken(
            "closed in the middle of a later row",
            HEADER + "a-1,x,t,1,2\r\na-2,\"27寸,t,1,2\r\na-3,29\",t,1,2\r\na-4,x,t,1,2\r\n",
            3,
            1),
        new Broken(
            "closed at the end of a later row, behind a blank line and a short one",
            LAST + "a-1,t,1,2,x\na-2,t,1,2,\"27寸\n \na-3,t\na-4,t,1,2,29\"\na-5,t,1,2,x\n",
            3,
            1),
        new Broken("behind a mark", LAST + "a-1,t,1,2,x\n\uFEFF\"a-2\",t,1,2,x\n", 3, 1),
        new Broken("a second file", LAST + "a-1,t,1,2,x\n" + HEADER + "a-2,x,t,1,2\n", 3, 1),
        new Broken("very long", LAST + "a-1,20:00,1,2,x\n" + huge, 3, 1));
  }

  @ParameterizedTest
  @MethodSource("brokenFiles")
  void csv_quoteNeverClosed_namesTheLineOfTheQuote_andNeverSaysAll(Broken file) throws Exception {
    assertThat(batch(write("a.csv", file.text), "--campaign=c")).isEqualTo(3);

    assertThat(err.toString()).contains("line " + file.line + ": the CSV is broken");
    assertThat(err.toString()).doesNotContain("100 %");
    assertThat(out.toString())
        .contains("ended early: line " + file.line + ": ", "the same command with --resume")
        .containsPattern("total +" + file.before + "\n");
    assertThat(service.batchRequests()).hasSize(file.before);
    assertThat(Files.readAllLines(results)).hasSize(file.before);
  }

  @ParameterizedTest
  @MethodSource("brokenFiles")
  void csv_quoteNeverClosed_isAWrongFileForValidateOnly(Broken file) throws Exception {
    Path csv = write("a.csv", file.text);

    assertThat(run(csv.toString(), "--campaign=c", "--validate-only")).isEqualTo(2);
    assertThat(err.toString()).contains("line " + file.line + ": the CSV is broken");
    assertThat(out.toString()).doesNotContain("--resume");
  }

  @Test
  void csv_quoteNeverClosed_corrected_resumeSendsTheRest() throws Exception {
    Path file = write("a.csv", LAST + "a-1,t,1,2,x\na-2,t,1,2,\"27寸屏\na-3,t,1,2,x\n");
    assertThat(batch(file, "--campaign=c")).isEqualTo(3);

    write("a.csv", LAST + "a-1,t,1,2,x\na-2,t,1,2,27寸屏\na-3,t,1,2,x\n");

    assertThat(batch(file, "--campaign=c", "--resume")).isZero();
    assertThat(sent()).containsExactly("c/1", "c/2", "c/3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "open_id,\"goods_name,time,corp_id\n",
        "\"open_id\"x,goods_name\n",
        "open_id,template_id,\"data.thing1\no-1,t,x\no-2,t,y\"\n",
      })
  void csv_headerBroken_isAWrongFile(String header) throws Exception {
    assertThat(batch(write("a.csv", header + "a-1,x,t,1,2\n"), "--campaign=c")).isEqualTo(2);
    assertThat(err.toString()).contains("line 1: the CSV is broken");
    assertThat(results).doesNotExist();
  }

  @Test
  void csv_quotesAndLineBreaksWithinFields_areText() throws Exception {
    String text =
        HEADER
            + "o-1,27\"屏,t,1,2\n"
            + "o-2,屏 27\",t,1,2\n"
            + "o-3,\"a, \"\"b\"\"\r\n\r\nc, d\",t,1,2\r\n"
            + "o-4,\"\",t,1,2\r"
            + "\"o-5\",\"\"\"\",t,1,2";

    assertThat(batch(write("a.csv", text), "--campaign=c")).isZero();
    assertThat(service.batchRequests())
        .extracting(request -> request.getSeckillMessage().getGoodsName())
        .containsExactly("27\"屏", "屏 27\"", "a, \"b\"\r\n\r\nc, d", "", "\"");
    assertThat(lines()).containsExactly(2, 3, 4, 7, 8);
  }

  @Test
  void csv_rowTooLong_isABadRow() throws Exception {
    String text = HEADER + "o-1," + "屏".repeat(3 * 1024 * 1024) + ",t,1,2\no-2,x,t,1,2\n";

    assertThat(batch(write("a.csv", text), "--campaign=c")).isEqualTo(1);
    assertThat(err.toString()).contains("line 2: longer than 2097152 characters");
    assertThat(sent()).containsExactly("c/2");
  }

  @Test
  void input_truncatedWhileItIsRead_isNotAll() throws Exception {
    String row =
        "o-1," + "x".repeat(500) + ",t,1,2\n"; // More than what is read ahead, in 100 rows.
    Path file = write("a.csv", HEADER + row.repeat(200));
    service.answerItems(
        request -> {
          if (request.getRequestId().equals("c/1")) {
            truncate(file, HEADER.length() + row.length() * 100);
          }
          return BatchItemResult.newBuilder().setOutcome(Outcome.OUTCOME_ACCEPTED);
        });

    assertThat(batch(file, "--campaign=c", "--window=1")).isEqualTo(3);
    assertThat(service.batchRequests()).hasSize(100);
    assertThat(out.toString())
        .contains("ended early: the input had 200 rows when the batch began, and 100 now");
  }

  private static void truncate(Path file, long size) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Breaks in the middle.

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void input_brokenInTheMiddle_awaitsWhatIsUnderWay(boolean byQuote) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(HEADER.getBytes(StandardCharsets.UTF_8));
    for (int i = 1; i <= 300; i++) {
      bytes.writeBytes(("o-" + i + ",屏,t,1,2\n").getBytes(StandardCharsets.UTF_8));
    }
    bytes.writeBytes(
        byQuote
            ? "o-301,\"g\"x,t,1,2\n".getBytes(StandardCharsets.UTF_8)
            : "o-301,咖啡,t,1,2\n".getBytes(GB18030));
    bytes.writeBytes("o-302,x,t,1,2\n".repeat(50).getBytes(StandardCharsets.UTF_8));
    service.hold();

    CompletableFuture<Integer> exit =
        CompletableFuture.supplyAsync(() -> batchOfStandardInput(bytes.toByteArray()));
    awaitThat("it has found the break", () -> err.toString().contains("line 302: "));
    awaitThat("all are under way", () -> service.batchRequests().size() == 300);
    service.release();

    assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(3);
    assertThat(out.toString()).containsPattern("ACCEPTED +300\n").doesNotContain("UNKNOWN");
    assertThat(out.toString()).contains("ended early: line 302: ");
    assertThat(Files.readAllLines(results)).hasSize(300);
    assertThat(Files.readString(results)).doesNotContain("OUTCOME_UNKNOWN");
  }

  @Test
  void input_thatFailsInTheMiddle_awaitsWhatIsUnderWay() throws Exception {
    byte[] rows = (HEADER + "o-1,x,t,1,2\n".repeat(20)).getBytes(StandardCharsets.UTF_8);
    InputStream failing =
        new SequenceInputStream(
            new ByteArrayInputStream(rows),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("device gone");
              }

              @Override
              public int read(byte[] to, int offset, int length) throws IOException {
                return read();
              }
            });
    service.hold();

    CompletableFuture<Integer> exit =
        CompletableFuture.supplyAsync(() -> batchOfStandardInput(failing, "csv"));
    awaitThat("it has failed", () -> err.toString().contains("device gone"));
    awaitThat("all are under way", () -> service.batchRequests().size() == 20);
    service.release();

    assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(3);
    assertThat(out.toString()).containsPattern("ACCEPTED +20\n").doesNotContain("UNKNOWN");
  }

  /** Whoever types rows, or pipes them as they come, has each sent without the next one. */
  @ParameterizedTest
  @ValueSource(strings = {"csv", "ndjson"})
  void row_thatIsWhole_isSentBeforeTheNextOneComes(String format) throws Exception {
    String first = format.equals("csv") ? HEADER + "o-1,茶,t,1,2\r\n" : item("茶") + "\n";
    PipedOutputStream typed = new PipedOutputStream();
    PipedInputStream in = new PipedInputStream(typed);
    CompletableFuture<Integer> exit =
        CompletableFuture.supplyAsync(() -> batchOfStandardInput(in, format));

    typed.write(first.getBytes(StandardCharsets.UTF_8));
    typed.flush();
    awaitThat("the row is sent", () -> service.batchRequests().size() == 1);
    typed.close();

    assertThat(exit.get(60, TimeUnit.SECONDS)).isZero();
  }

  // Encodings.

  @ParameterizedTest
  @ValueSource(strings = {"GBK", "GB18030"})
  void input_notUtf8_isRefusedWithItsLineAndTheRemedy(String encoding) throws Exception {
    String text = HEADER + "o-1,x,t,1,2\n".repeat(3_000) + "o-2,咖啡杯,t,1,2\n";
    Path file = directory.resolve("a.csv");
    Files.write(file, text.getBytes(Charset.forName(encoding)));

    assertThat(batch(file, "--campaign=c")).isEqualTo(2);
    assertThat(err.toString())
        .contains("line 3002: is not UTF-8", "it looks like GB18030: pass --encoding GB18030");
    assertThat(service.batchRequests()).isEmpty();
    assertThat(results).doesNotExist();
  }

  @Test
  void input_notUtf8_onStandardInput_isRefusedToo() {
    byte[] bytes = (HEADER + "o-1,咖啡杯,t,1,2\n").getBytes(GB18030);

    assertThat(batchOfStandardInput(bytes)).isEqualTo(2);
    assertThat(err.toString()).contains("line 2: is not UTF-8", "--encoding GB18030");
    assertThat(service.batchRequests()).isEmpty();
  }

  @Test
  void input_ofAnotherEncoding_isRefusedWithoutAGuess() throws Exception {
    Path file = directory.resolve("a.csv");
    Files.write(file, (HEADER + "o-1,Café,t,1,2\n").getBytes(StandardCharsets.ISO_8859_1));

    assertThat(batch(file, "--campaign=c")).isEqualTo(2);
    assertThat(err.toString()).contains("line 2: is not UTF-8 (byte 0xE9)", "--encoding");
    assertThat(err.toString()).doesNotContain("GB18030");
  }

  @Test
  void input_endingInHalfACharacter_isRefused() throws Exception {
    byte[] all = (LAST + "o-1,t,1,2,咖啡").getBytes(StandardCharsets.UTF_8);
    Path file = directory.resolve("a.csv");
    Files.write(file, Arrays.copyOf(all, all.length - 1));

    assertThat(batch(file, "--campaign=c")).isEqualTo(2);
    assertThat(err.toString()).contains("line 2: is not UTF-8");
  }

  @ParameterizedTest
  @CsvSource({
    "GBK,GBK,''",
    "GB18030,gb18030,''",
    "GB18030,'',\uFEFF",
    "GB18030,GBK,\uFEFF",
    "UTF-8,'',\uFEFF",
    "UTF-8,UTF-8,\uFEFF",
    "UTF-8,'',\uFEFF\uFEFF",
    "UTF-16LE,'',\uFEFF",
    "UTF-16BE,'',\uFEFF",
    "UTF-16LE,UTF-16,\uFEFF",
    "UTF-16LE,UTF-16,''",
    "UTF-16BE,UTF-16,''",
    "UTF-16LE,UTF-16LE,''",
  })
  void input_inItsEncoding_isRead(String actual, String asked, String mark) throws Exception {
    String text = mark + "\"open_id\"," + HEADER.substring(8) + "o-1,咖啡杯,t,1,2\n";
    Path file = directory.resolve("a.csv");
    Files.write(file, text.getBytes(Charset.forName(actual)));

    String[] options =
        asked.isEmpty()
            ? new String[] {"--campaign=c"}
            : new String[] {"--campaign=c", "--encoding=" + asked};
    assertThat(batch(file, options)).as(err.toString()).isZero();
    assertThat(service.batchRequests().get(0).getSeckillMessage().getGoodsName()).isEqualTo("咖啡杯");
    assertThat(err.toString()).contains("1 rows of 1 (100 %)");
  }

  /** Few texts are so: each of their characters in GBK is one of two bytes in UTF-8, too. */
  @Test
  void input_inGbkAndByChanceInUtf8_isReadAsAsked() throws Exception {
    String goods = "一模一模";
    byte[] bytes = (HEADER + "o-1," + goods + ",t,1,2\n").getBytes(Charset.forName("GBK"));
    assertThat(new String(bytes, StandardCharsets.UTF_8)).contains("һģһģ");
    Path file = directory.resolve("a.csv");
    Files.write(file, bytes);

    assertThat(batch(file, "--campaign=c", "--encoding=GBK")).as(err.toString()).isZero();
    assertThat(service.batchRequests().get(0).getSeckillMessage().getGoodsName()).isEqualTo(goods);
  }

  @Test
  void ndjson_inItsEncoding_isRead() throws Exception {
    Path file = directory.resolve("a.ndjson");
    Files.write(file, ("\uFEFF" + item("咖啡") + "\r\n").getBytes(StandardCharsets.UTF_16LE));

    assertThat(batch(file, "--campaign=c")).isZero();
    assertThat(service.batchRequests().get(0).getSeckillMessage().getGoodsName()).isEqualTo("咖啡");
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-8,UTF-16LE,\uFEFF,the input is UTF-8",
    "UTF-16LE,UTF-16BE,\uFEFF,byte order mark of UTF-16LE",
    "UTF-8,GBK,'',the input is UTF-8",
    "UTF-8,GB18030,'',the input is UTF-8",
    "GB18030,UTF-8,'',line 2: is not UTF-8",
    "UTF-16LE,'','',pass --encoding UTF-16",
    "UTF-16BE,'','',pass --encoding UTF-16",
  })
  void input_inAnotherEncodingThanAsked_isRefused(
      String actual, String asked, String mark, String told) throws Exception {
    Path file = directory.resolve("a.csv");
    Files.write(file, (mark + HEADER + "o-1,咖啡,t,1,2\n").getBytes(Charset.forName(actual)));

    List<String> options = new ArrayList<>(List.of("--campaign=c"));
    if (!asked.isEmpty()) {
      options.add("--encoding=" + asked);
    }
    assertThat(batch(file, options.toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString()).contains(told);
    assertThat(service.batchRequests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GBK", "GB18030", "UTF-16LE", "UTF-16BE"})
  void input_refusedForItsEncoding_isReadAsTheHintSays(String actual) throws Exception {
    Path file = directory.resolve("a.csv");
    Files.write(file, (HEADER + "o-1,咖啡杯,t,1,2\n").getBytes(Charset.forName(actual)));
    assertThat(batch(file, "--campaign=c")).isEqualTo(2);
    Matcher hint = Pattern.compile("pass (--encoding) (\\S+)").matcher(err.toString());
    assertThat(hint.find()).as(err.toString()).isTrue();

    assertThat(batch(file, "--campaign=c", hint.group(1), hint.group(2))).isZero();
    assertThat(service.batchRequests().get(0).getSeckillMessage().getGoodsName()).isEqualTo("咖啡杯");
  }

  @Test
  void encoding_thatNobodyKnows_isToldAndNothingIsSent() throws Exception {
    assertThat(batch(write("a.csv", HEADER), "--campaign=c", "--encoding=GB99")).isEqualTo(2);
    assertThat(err.toString()).contains("--encoding").doesNotContain("Exception");
  }

  @Test
  void input_withANul_isRefused() throws Exception {
    assertThat(batch(write("a.csv", HEADER + "o-1,x\0,t,1,2\n"), "--campaign=c")).isEqualTo(2);
    assertThat(err.toString()).contains("line 2: has a NUL character");
  }

  // What spreadsheets make.

  @Test
  void csv_emptyColumnsAtTheEnd_areIgnored() throws Exception {
    Path file =
        write(
            "a.csv",
            """
            open_id,goods_name,time,corp_id,customer_id,,
            o-1,x,t,1,2,,
            o-2,x,t,1,2
            o-3,x,t,1,2,,,,
            o-4,x,t,1,2, ,stray
            o-5,x,t,1
            """);

    assertThat(batch(file, "--campaign=c")).isEqualTo(1);
    assertThat(sent()).containsExactly("c/1", "c/2", "c/3");
    assertThat(err.toString().lines())
        .contains("line 5: 7 fields (expected: 5)", "line 6: 4 fields (expected: 5)");
  }

  @Test
  void csv_columnWithoutAName_mustBeEmpty() throws Exception {
    Path file =
        write(
            "a.csv",
            """
            open_id,,goods_name,time,corp_id,customer_id
            o-1,,x,t,1,2
            o-2,lost,x,t,1,2
            """);

    assertThat(batch(file, "--campaign=c")).isEqualTo(1);
    assertThat(sent()).containsExactly("c/1");
    assertThat(err.toString()).contains("line 3: field 2: has a value, and its column has no name");
  }

  @Test
  void csv_rowsOfCommasAlone_areNoRows() throws Exception {
    Path file = write("a.csv", HEADER + "o-1,x,t,1,2\n,,,,\n\n\" \", ,,,\no-2,x,t,1,2\n,,,,\n");

    assertThat(batch(file, "--campaign=c")).isZero();
    assertThat(sent()).containsExactly("c/1", "c/2");
    assertThat(lines()).containsExactly(2, 6);
    assertThat(err.toString()).contains("2 rows of 2 (100 %)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "=\"0012\" | 0012",
        "\"=\"\"0012\"\"\" | 0012",
        "\"=\"\"a\"\"\"\"b,c\"\"\" | a\"b,c",
        "= \"0012\" | 0012",
        "=\"\" | ''",
        "a=\"1\" | a=\"1\"",
      })
  void csv_formulaOfAText_isItsText(String field, String value) throws Exception {
    assertThat(batch(write("a.csv", HEADER + "o-1,x,t," + field + ",2\n"), "--campaign=c"))
        .isZero();
    assertThat(service.batchRequests().get(0).getSeckillMessage().getCorpId()).isEqualTo(value);
    assertThat(err.toString()).doesNotContain("warning");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"=\"\"0012\"\"&A1\" | is a spreadsheet formula",
        "#N/A | is a spreadsheet error",
        "#NAME? | is a spreadsheet error",
        "######## | is a spreadsheet error",
      })
  void csv_valueThatASpreadsheetLost_isABadRow(String field, String told) throws Exception {
    assertThat(batch(write("a.csv", HEADER + "o-1,x,t," + field + ",2\n"), "--campaign=c"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("line 2: corp_id: ").contains(told);
    assertThat(service.batchRequests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.00E+10",
        "1E+10",
        "1.23457E+17",
        "1.5e10",
        "'0012",
        "\"1,234,567\"",
        "=0012",
        "００１２",
        "Ａ12",
        "12ａ",
      })
  void csv_idThatASpreadsheetRewrote_isSentWithAWarning(String id) throws Exception {
    Path file = write("a.csv", HEADER + "o-1,1.00E+10,t," + id + ",2\no-2,x,t,1e,2E3\n");

    assertThat(batch(file, "--campaign=c")).isZero();
    assertThat(err.toString()).contains("line 2: warning: corp_id: '" + id.replace("\"", ""));
    assertThat(err.toString()).doesNotContain("goods_name", "line 3");
    assertThat(out.toString()).contains("1 of them have values that a spreadsheet has probably");
    assertThat(service.batchRequests()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0012", "12=34", "A-12_b", "分店（一）", "\"1,23\"", "E10", "1.0"})
  void csv_idAsItWasTyped_isSentWithoutAWarning(String id) throws Exception {
    Path file = write("a.csv", HEADER + "o-1,x,t," + id + ",2\n");

    assertThat(batch(file, "--campaign=c")).isZero();
    assertThat(err.toString()).doesNotContain("warning");
    assertThat(service.batchRequests().get(0).getSeckillMessage().getCorpId())
        .isEqualTo(id.replace("\"", ""));
  }

  /** It may be a text; ids are another matter. */
  @ParameterizedTest
  @ValueSource(strings = {"=0012", "００１２", "1.00E+10", "'tis"})
  void csv_textThatLooksLikeAFormula_isSentAsItIs(String text) throws Exception {
    Path file = write("a.csv", HEADER + "o-1," + text + ",t,1,2\n");

    assertThat(batch(file, "--campaign=c")).isZero();
    assertThat(err.toString()).doesNotContain("warning");
    assertThat(service.batchRequests().get(0).getSeckillMessage().getGoodsName()).isEqualTo(text);
  }

  @Test
  void warnings_ofManyRows_areBounded() throws Exception {
    Path file = write("a.csv", HEADER + "o-1,x,t,1.00E+10,2\n".repeat(200));

    assertThat(batch(file, "--campaign=c")).isZero();
    assertThat(err.toString().lines().filter(line -> line.contains("warning"))).hasSize(20);
    assertThat(out.toString()).contains("200 of them have values");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OPEN_ID,Goods_Name, TIME ,CORP_ID,CUSTOMER_ID",
        "\"open_id\",\"goods_name\",\"time\",\"corp_id\",\"customer_id\"",
      })
  void csv_headerInAnotherCase_isKnown(String header) throws Exception {
    assertThat(batch(write("a.csv", header + "\no-1,x,t,1,2\n"), "--campaign=c")).isZero();
  }

  @Test
  void csv_keywordInAnotherCase_isAsItStands() throws Exception {
    Path file = write("a.csv", "open_id,TEMPLATE_ID,DATA.Thing1\no-1,t,x\n");

    assertThat(batch(file, "--campaign=c")).isZero();
    assertThat(service.batchRequests().get(0).getSubscribeMessage().getDataMap())
        .containsEntry("Thing1", "x");
  }

  @ParameterizedTest
  @CsvSource({";,semicolons", "'\t',tabs", "，,full-width commas"})
  void csv_otherSeparators_areNamed(String separator, String told) throws Exception {
    Path file = write("a.csv", HEADER.replace(",", separator) + "o-1\n");

    assertThat(batch(file, "--campaign=c")).isEqualTo(2);
    assertThat(err.toString()).contains("separated by " + told + " (expected: commas)");
  }

  // NDJSON that is less or more than one object a line.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%1$s%1$s",
        "%1$s,",
        "%1$s []",
        "[%1$s]",
        "{\"request_id\": \"r\", \"request_id\": \"s\"}",
        "{\"seckill_message\": {\"open_id\": \"a\", \"open_id\": \"b\"}}",
        "{\"seckill_message\": {\"open_id\": \"o-1\"",
        "{\"seckill_message\":",
        "null",
        "[[[[[[[[",
      })
  void ndjson_lineThatIsNotOneObject_isABadRow(String line) throws Exception {
    String text = item("x") + "\n" + String.format(line, item("x"));

    assertThat(batch(write("a.ndjson", text), "--campaign=c")).isEqualTo(1);
    assertThat(err.toString()).contains("line 2: ", "2 rows of 2 (100 %)");
    assertThat(sent()).containsExactly("c/1");
  }

  @Test
  void ndjson_nestedTooDeeply_isABadRow() throws Exception {
    String text = "[".repeat(500_000) + "\n" + "{\"a\":".repeat(200_000) + "\n" + item("x");

    assertThat(batch(write("a.ndjson", text), "--campaign=c")).isEqualTo(1);
    assertThat(sent()).containsExactly("c/3");
  }

  @Test
  void ndjson_linesEndInAnyWay() throws Exception {
    String text = item("x") + "\r\n\r\n" + item("x") + "\r" + item("x") + "\n";

    assertThat(batch(write("a.ndjson", text), "--campaign=c")).isZero();
    assertThat(lines()).containsExactly(1, 3, 4);
    assertThat(err.toString()).contains("3 rows of 3 (100 %)");
  }

  private static String item(String goods) {
    return "{\"seckill_message\": {\"open_id\": \"o-1\", \"goods_name\": \"" + goods + "\"}}";
  }

  private List<String> sent() {
    return service.batchRequests().stream().map(BatchSendRequest::getRequestId).toList();
  }

  private List<Integer> lines() throws IOException {
    List<Integer> lines = new ArrayList<>();
    for (String line : Files.readAllLines(results)) {
      JsonNode result = new ObjectMapper().readTree(line);
      lines.add(result.get("line").asInt());
    }
    return lines;
  }

  private int batchOfStandardInput(byte[] bytes) {
    return batchOfStandardInput(new ByteArrayInputStream(bytes), "csv");
  }

  private int batchOfStandardInput(InputStream in, String format, String... options) {
    List<String> all = new ArrayList<>(List.of("--campaign=c", "--format=" + format));
    all.addAll(List.of(options));
    InputStream before = System.in;
    System.setIn(in);
    try {
      return batch(Path.of("-"), all.toArray(String[]::new));
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void input_thatIsADirectory_isRefusedBeforeAnythingIsSent() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("rows.csv"));

    assertThat(batch(folder, "--campaign=c")).isEqualTo(2);
    assertThat(err.toString()).contains("the input is a directory, not a file");
  }

  /** UTF-8 is often GBK by chance, and then other text. */
  @Test
  void standardInput_inUtf8_withAnotherEncoding_isRefusedBeforeAnythingIsSent() {
    byte[] utf8 = (HEADER + "o-1,咖啡杯子,t,1,2\n").getBytes(StandardCharsets.UTF_8);
    byte[] gbk = (HEADER + "o-1,咖啡杯子,t,1,2\n").getBytes(GB18030);

    assertThat(batchOfStandardInput(new ByteArrayInputStream(utf8), "csv", "--encoding=GBK"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("the input is UTF-8, and --encoding says GBK");
    assertThat(service.batchRequests()).isEmpty();
    assertThat(batchOfStandardInput(new ByteArrayInputStream(gbk), "csv", "--encoding=GBK"))
        .isZero();
    assertThat(service.batchRequests().get(0).getSeckillMessage().getGoodsName()).isEqualTo("咖啡杯子");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"=A1", "=B2", "=$B$12", "=A1&B1", "=SUM(A1:A2)", "=HYPERLINK(1)", "=-C3*2"})
  void csv_formulaOfCells_isABadRow(String formula) throws Exception {
    Path file = directory.resolve("formula.csv");
    Files.writeString(file, HEADER + "o-1," + formula + ",t,1,2\n");

    assertThat(batch(file, "--campaign=c")).isNotZero();
    assertThat(service.batchRequests()).isEmpty();
    assertThat(err + out.toString() + Files.readString(results)).contains("spreadsheet formula");
  }

  private int batch(Path file, String... options) {
    List<String> args = new ArrayList<>(List.of(file.toString(), "--results=" + results));
    args.addAll(List.of(options));
    return run(args.toArray(String[]::new));
  }

  private int run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--server=" + service.address());
    all.add("--progress=plain");
    return new CommandLine(new BatchCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static void awaitThat(String what, BooleanSupplier holds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time: " + what).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
