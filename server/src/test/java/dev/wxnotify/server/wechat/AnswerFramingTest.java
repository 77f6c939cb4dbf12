package dev.wxnotify.server.wechat;

import static dev.wxnotify.server.wechat.Http.answer;
import static dev.wxnotify.server.wechat.Http.bytes;
import static dev.wxnotify.server.wechat.Http.chunk;
import static dev.wxnotify.server.wechat.Http.head;
import static dev.wxnotify.server.wechat.Http.join;
import static dev.wxnotify.server.wechat.Oddity.clear;
import static dev.wxnotify.server.wechat.Oddity.doubtful;
import static dev.wxnotify.server.wechat.Oddity.unclear;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.wechat.Ask.Kind;
import dev.wxnotify.server.wechat.Ask.Outcome;
import dev.wxnotify.server.wechat.WeChatClientFixture.Options;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where an answer ends (RFC 9112, 6.3), and what it means. A client that sees the end too early or
 * too late mistakes the rest, or the next answer, for something else. So after anything but a
 * textbook answer the connection is not reused.
 */
class AnswerFramingTest {
  private static final int LIMIT = 64 * 1024;
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
  private static final byte[] LAST_CHUNK = bytes("0\r\n\r\n");

  // A textbook answer keeps its connection.

  static Stream<Arguments> textbook() {
    List<Oddity> odd = new ArrayList<>();
    odd.add(clear("a length", ScriptedUpstream.Line::answerAsTextbook).keepingTheConnection());
    odd.add(
        clear("a length, byte by byte", line -> line.spell(answer(line.body())))
            .keepingTheConnection());
    odd.add(
        clear(
                "chunks",
                line -> line.say(join(head("200 OK", CHUNKED), chunk(line.body()), LAST_CHUNK)))
            .keepingTheConnection());
    odd.add(
        clear(
                "chunks, byte by byte",
                line -> line.spell(join(head("200 OK", CHUNKED), chunk(line.body()), LAST_CHUNK)))
            .keepingTheConnection());
    odd.add(
        clear("chunks of one byte", line -> line.say(head("200 OK", CHUNKED)).say(inBytes(line)))
            .keepingTheConnection());
    odd.add(
        clear(
                "chunks with extensions",
                line ->
                    line.say(
                        join(
                            head("200 OK", CHUNKED),
                            bytes(hex(line) + ";name=value;other=\"a;b\"\r\n"),
                            line.body(),
                            bytes("\r\n0;last\r\n\r\n"))))
            .perhapsKeepingTheConnection());
    odd.add(
        clear(
                "chunks with zeros before the size",
                line ->
                    line.say(
                        join(
                            head("200 OK", CHUNKED),
                            bytes("000" + hex(line) + "\r\n"),
                            line.body(),
                            bytes("\r\n000\r\n\r\n"))))
            .perhapsKeepingTheConnection());
    odd.add(
        clear(
                "chunks with blanks behind the size",
                line ->
                    line.say(
                        join(
                            head("200 OK", CHUNKED),
                            bytes(hex(line) + "  \r\n"),
                            line.body(),
                            bytes("\r\n0  \r\n\r\n"))))
            .perhapsKeepingTheConnection());
    odd.add(
        clear(
                "chunks with trailers",
                line ->
                    line.say(
                        join(
                            head("200 OK", CHUNKED + "Trailer: X-Checksum\r\n"),
                            chunk(line.body()),
                            bytes("0\r\nX-Checksum: 1\r\nContent-Length: 9\r\n\r\n"))))
            .perhapsKeepingTheConnection());
    odd.add(
        clear(
                "headers that say nothing of the frame",
                line ->
                    line.say(
                        answer(
                            "200 Fine, thanks",
                            "Keep-Alive: timeout=1\r\nConnection: keep-alive\r\nx-empty:\r\n",
                            line.body())))
            .keepingTheConnection());
    odd.add(
        clear("no text behind the status", line -> line.say(answer("200 ", "", line.body())))
            .perhapsKeepingTheConnection());
    odd.add(
        clear(
                "as many bytes as are read",
                line -> line.say(answer(join(line.body(), blanks(LIMIT - line.body().length)))))
            .perhapsKeepingTheConnection());
    return Attribution.everywhere(odd);
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void textbook(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Attribution.check(transport, kind, oddity);
  }

  static Stream<Arguments> everySplit() {
    return WeChatClientFixture.transports()
        .flatMap(
            transport ->
                Stream.of(
                    Arguments.of(transport, "a length", false),
                    Arguments.of(transport, "chunks", true)));
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void everySplit(Transport transport, String name, boolean chunked) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        WeChatClientFixture client =
            WeChatClientFixture.open(Options.of(transport, upstream.url()))) {
      List<Outcome> outcomes = new ArrayList<>();
      for (int i = 1, end = 2; i < end; i++) {
        Ask ask = i % 3 == 0 ? Ask.refused("b", 43101, i) : Ask.accepted("a", i);
        int split = i;
        upstream.on(
            ask,
            line -> {
              byte[] whole = whole(line.readOn().body(), chunked);
              int at = Math.min(split, whole.length - 1);
              line.say(Arrays.copyOf(whole, at)).pause();
              line.say(Arrays.copyOfRange(whole, at, whole.length));
            });
        end =
            whole(Ask.honestBody(Kind.MESSAGE, ask.key(), "?access_token=token-of-a "), chunked)
                .length;

        outcomes.add(Await.result(ask.begin(client)));
      }

      Attribution.assertAllHeard(outcomes);
      Attribution.assertRequestsAreRight(upstream, outcomes);
      assertThat(upstream.connections()).isEqualTo(1);
    }
  }

  private static byte[] whole(byte[] body, boolean chunked) {
    return chunked ? join(head("200 OK", CHUNKED), chunk(body), LAST_CHUNK) : answer(body);
  }

  // Lengths.

  static Stream<Arguments> lengths() {
    List<Oddity> odd = new ArrayList<>();
    for (String length :
        List.of(
            "-1",
            "-9223372036854775808",
            "x",
            "",
            "0x20",
            "12 bytes",
            "1e2",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551700",
            "1000000000000",
            "5, 7")) {
      odd.add(
          unclear(
              "a length of \"" + length + "\"",
              line ->
                  line.say(join(head("200 OK", "Content-Length: " + length + "\r\n"), line.body()))
                      .pause()
                      .end()));
    }
    odd.add(
        doubtful(
            "a length with a plus",
            line ->
                line.say(
                    join(
                        head("200 OK", "Content-Length: +" + line.body().length + "\r\n"),
                        line.body()))));
    odd.add(
        doubtful(
            "the same length twice",
            line ->
                line.say(
                    answer(
                        "200 OK", "Content-Length: " + line.body().length + "\r\n", line.body()))));
    odd.add(
        doubtful(
            "the same length twice in one line",
            line -> {
              int length = line.body().length;
              line.say(
                  join(
                      head("200 OK", "Content-Length: " + length + ", " + length + "\r\n"),
                      line.body()));
            }));
    for (int other : new int[] {0, 1, 20, 4_000}) {
      odd.add(
          unclear(
              "two lengths, first " + other,
              line ->
                  line.say(answer("200 OK", "Content-Length: " + other + "\r\n", line.body()))
                      .pause()
                      .end()));
      odd.add(
          unclear(
              "two lengths, last " + other,
              line -> {
                String both =
                    "Content-Length: " + line.body().length + "\r\nContent-Length: " + other;
                line.say(join(head("200 OK", both + "\r\n"), line.body())).pause().end();
              }));
    }
    odd.add(
        unclear(
            "fewer bytes than promised, then the end",
            line -> line.say(tooLong(line, 1)).say(line.body()).end()));
    odd.add(
        unclear(
            "fewer bytes than promised, then a reset",
            line -> {
              line.say(tooLong(line, 30)).say(line.body()).pause();
              line.reset();
            }));
    odd.add(
        unclear(
                "fewer bytes than promised, then silence",
                line -> line.say(tooLong(line, 1)).say(line.body()))
            .untilTheTimeout());
    odd.add(
        unclear(
                "a length and no body, as to HEAD",
                line -> line.say(head("200 OK", "Content-Length: 57\r\n")))
            .untilTheTimeout());
    odd.add(
        unclear(
            "more bytes than are read",
            line -> line.say(answer(join(line.body(), blanks(LIMIT + 1_024))))));
    odd.add(
        unclear(
            "more bytes than are read, in chunks",
            line ->
                line.say(
                    join(
                        head("200 OK", CHUNKED),
                        chunk(line.body()),
                        chunk(blanks(40_000)),
                        chunk(blanks(30_000)),
                        LAST_CHUNK))));
    odd.add(
        unclear(
            "more bytes than are read, to the end of the connection",
            line -> line.say(join(head("200 OK", ""), line.body(), blanks(LIMIT + 1_024))).end()));
    return Attribution.everywhere(odd);
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void lengths(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Attribution.check(transport, kind, oddity);
  }

  // Chunks.

  static Stream<Arguments> chunks() {
    List<Oddity> odd = new ArrayList<>();
    for (String size :
        List.of(
            "zz", "-5", "", " ", "0x1e", "FFFFFFFFFFFFFFFFF", "7fffffff", "80000000", "1e1e1")) {
      odd.add(
          unclear(
              "a chunk of size \"" + size + "\"",
              line ->
                  line.say(
                          join(
                              head("200 OK", CHUNKED),
                              bytes(size + "\r\n"),
                              line.body(),
                              bytes("\r\n0\r\n\r\n")))
                      .pause()
                      .end()));
    }
    odd.add(
        unclear(
            "a chunk that is longer than it says",
            line ->
                line.say(join(head("200 OK", CHUNKED), bytes("5\r\n"), line.body(), LAST_CHUNK))
                    .pause()
                    .end()));
    odd.add(
        doubtful(
            "a chunk without its end of line",
            line ->
                line.say(
                        join(
                            head("200 OK", CHUNKED),
                            bytes(hex(line) + "\r\n"),
                            line.body(),
                            LAST_CHUNK))
                    .pause()
                    .end()));
    odd.add(
        unclear(
            "chunks without the last one",
            line -> line.say(join(head("200 OK", CHUNKED), chunk(line.body()))).end()));
    odd.add(
        unclear(
            "chunks without the last line",
            line ->
                line.say(join(head("200 OK", CHUNKED), chunk(line.body()), bytes("0\r\n")))
                    .pause()
                    .end()));
    odd.add(
        unclear(
                "chunks without the last one, then silence",
                line -> line.say(join(head("200 OK", CHUNKED), chunk(line.body()))))
            .untilTheTimeout());
    odd.add(
        unclear(
            "a length and chunks",
            line ->
                line.say(
                    join(
                        head("200 OK", CHUNKED + "Content-Length: " + line.body().length + "\r\n"),
                        chunk(line.body()),
                        LAST_CHUNK))));
    odd.add(
        unclear(
            "a length and chunks that are none",
            line -> line.say(answer("200 OK", CHUNKED, line.body())).pause().end()));
    odd.add(
        unclear(
            "a length of nothing and chunks",
            line ->
                line.say(
                        join(
                            head("200 OK", "Content-Length: 0\r\n" + CHUNKED),
                            chunk(line.body()),
                            LAST_CHUNK))
                    .pause()
                    .end()));
    for (String encoding :
        List.of(
            "gzip, chunked", "chunked, chunked", "xchunked", "chunked, identity", "\"chunked\"")) {
      odd.add(
          doubtful(
              "an encoding of " + encoding,
              line ->
                  line.say(
                          join(
                              head("200 OK", "Transfer-Encoding: " + encoding + "\r\n"),
                              chunk(line.body()),
                              LAST_CHUNK))
                      .pause()
                      .end()));
    }
    odd.add(
        doubtful(
            "two encodings",
            line ->
                line.say(
                        join(
                            head("200 OK", CHUNKED + "Transfer-Encoding: identity\r\n"),
                            chunk(line.body()),
                            LAST_CHUNK))
                    .pause()
                    .end()));
    odd.add(
        doubtful(
            "chunks of HTTP/1.0",
            line ->
                line.say(
                        join(
                            bytes("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + CHUNKED),
                            bytes("\r\n"),
                            chunk(line.body()),
                            LAST_CHUNK))
                    .pause()
                    .end()));
    return Attribution.everywhere(odd);
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void chunks(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Attribution.check(transport, kind, oddity);
  }

  // Versions, and answers that are not HTTP/1.1 at all.

  static Stream<Arguments> versions() {
    List<Oddity> odd = new ArrayList<>();
    odd.add(clear("HTTP/1.0", line -> line.say(of("HTTP/1.0 200 OK", "", line))));
    odd.add(
        clear(
            "HTTP/1.0 that keeps alive",
            line -> line.say(of("HTTP/1.0 200 OK", "Connection: keep-alive\r\n", line))));
    odd.add(
        clear(
            "HTTP/1.0 to the end of the connection",
            line -> line.say("HTTP/1.0 200 OK\r\n\r\n").say(line.body()).end()));
    for (String line :
        List.of(
            "HTTP/1.2 200 OK",
            "HTTP/2.0 200 OK",
            "HTTP/0.9 200 OK",
            "HTTP/11 200 OK",
            "HTTP /1.1 200 OK",
            "HTTPS/1.1 200 OK",
            "ICY 200 OK",
            "HTTP/1.1 2000 OK",
            "HTTP/1.1 20 OK",
            "HTTP/1.1 abc OK",
            "HTTP/1.1 -200 OK",
            "HTTP/1.1")) {
      odd.add(doubtful(line, each -> each.say(of(line, "", each)).pause().end()));
    }
    odd.add(unclear("HTTP/0.9", line -> line.say(line.body()).pause().end()));
    odd.add(unclear("HTTP/0.9 of a line", line -> line.say(line.body()).say("\r\n\r\n").end()));
    odd.add(unclear("nothing", ScriptedUpstream.Line::end));
    odd.add(
        unclear(
            "the start of HTTP/2",
            line -> line.say("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").pause().end()));
    odd.add(
        unclear(
            "a frame of HTTP/2",
            line ->
                line.say(join(bytes("\0\0\0\4\0\0\0\0\0"), answer(line.body()))).pause().end()));
    odd.add(unclear("another protocol", line -> line.say("SSH-2.0-OpenSSH_9.6\r\n").pause().end()));
    odd.add(
        unclear(
            "another protocol, then an answer",
            line ->
                line.say(join(bytes("220 mail ready\r\n"), answer(line.body()))).pause().end()));
    odd.add(unclear("an alert of TLS", line -> line.say("\25\3\3\0\2\1\0").pause().end()));
    return Attribution.everywhere(odd);
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void versions(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Attribution.check(transport, kind, oddity);
  }

  // Headers.

  static Stream<Arguments> headers() {
    List<Oddity> odd = new ArrayList<>();
    for (String connection :
        List.of("close", "Close", "CLOSE", "keep-alive, close", "close, keep-alive", "x,close")) {
      odd.add(
          clear(
              "Connection: " + connection,
              line ->
                  line.say(answer("200 OK", "Connection: " + connection + "\r\n", line.body()))));
    }
    odd.add(
        clear(
            "Connection twice",
            line ->
                line.say(
                    answer(
                        "200 OK",
                        "Connection: keep-alive\r\nConnection: close\r\n",
                        line.body()))));
    odd.add(
        clear(
            "a body to the end of the connection",
            line -> line.say(head("200 OK", "")).say(line.body()).end()));
    odd.add(
        unclear(
            "half a body to the end of the connection",
            line ->
                line.say(head("200 OK", ""))
                    .say(Arrays.copyOf(line.body(), line.body().length - 5))
                    .end()));
    for (String strange :
        List.of(
            "X-Long: " + "x".repeat(100 * 1024),
            "X: y\r\n".repeat(10_000) + "X: y",
            "X-Folded: a\r\n b\r\n\tc",
            "X Blank: a",
            "X-Blank : a",
            ": a",
            "no colon",
            "X: \0",
            "X: a\rb",
            "X: ä\u00ff",
            "X: a\nY: b")) {
      odd.add(
          doubtful(
                  "a header " + strange.substring(0, Math.min(9, strange.length())).strip(),
                  line -> line.say(answer("200 OK", strange + "\r\n", line.body())))
              .perhapsKeepingTheConnection());
    }
    odd.add(
        doubtful(
                "a folded length",
                line ->
                    line.say(
                        join(
                            head("200 OK", "Content-Length:\r\n " + line.body().length + "\r\n"),
                            line.body())))
            .perhapsKeepingTheConnection());
    odd.add(
        doubtful(
                "a status of 100 KB",
                line -> line.say(answer("200 " + "x".repeat(100 * 1024), "", line.body())))
            .perhapsKeepingTheConnection());
    odd.add(
        doubtful(
                "ends of line without CR",
                line ->
                    line.say(
                        "HTTP/1.1 200 OK\nContent-Length: "
                            + line.body().length
                            + "\n\n"
                            + line.bodyText()))
            .perhapsKeepingTheConnection());
    odd.add(
        doubtful(
                "an empty line before the answer",
                line -> line.say(join(bytes("\r\n"), answer(line.body()))))
            .perhapsKeepingTheConnection());
    odd.add(
        unclear(
            "a body of gzip",
            line -> line.say(answer("200 OK", "Content-Encoding: gzip\r\n", gzip(line.body())))));
    odd.add(
        doubtful(
                "a body that is said to be of gzip",
                line -> line.say(answer("200 OK", "Content-Encoding: gzip\r\n", line.body())))
            .perhapsKeepingTheConnection());
    odd.add(
        clear(
                "an offer to upgrade",
                line ->
                    line.say(
                        answer("200 OK", "Connection: Upgrade\r\nUpgrade: h2c\r\n", line.body())))
            .perhapsKeepingTheConnection());
    return Attribution.everywhere(odd);
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void headers(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Attribution.check(transport, kind, oddity);
  }

  // Other statuses, and bodies that are not understood.

  static Stream<Arguments> statuses() {
    List<Oddity> odd = new ArrayList<>();
    for (String status :
        List.of(
            "201 Created",
            "206 Partial Content",
            "400 Bad Request",
            "403 Forbidden",
            "404 Not Found",
            "413 Content Too Large",
            "429 Too Many Requests")) {
      odd.add(
          clear(status, line -> line.say(answer(status, "", line.body()))).unclearToTokenCalls());
    }
    for (String status :
        List.of(
            "500 Internal Server Error",
            "502 Bad Gateway",
            "503 Service Unavailable",
            "504 Gateway Timeout",
            "599 Whatever",
            "999 Whatever")) {
      odd.add(unclear(status, line -> line.say(answer(status, "", line.body()))));
    }
    for (String asking :
        List.of(
            "301 Moved Permanently\r\nLocation: /elsewhere",
            "302 Found\r\nLocation: /elsewhere",
            "303 See Other\r\nLocation: /elsewhere",
            "307 Temporary Redirect\r\nLocation: /cgi-bin/message/subscribe/send",
            "308 Permanent Redirect\r\nLocation: /cgi-bin/message/subscribe/send",
            "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"",
            "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"a\"",
            "408 Request Timeout",
            "417 Expectation Failed",
            "421 Misdirected Request",
            "425 Too Early",
            "426 Upgrade Required\r\nUpgrade: h2c\r\nConnection: Upgrade",
            "503 Service Unavailable\r\nRetry-After: 0")) {
      odd.add(
          unclear(
              "the wish " + asking.substring(0, 3),
              line -> line.say(answer(asking, "", new byte[0]))));
      odd.add(
          unclear(
              "the wish " + asking.substring(0, 3) + " with a page",
              line -> line.say(answer(asking, "", bytes("<html></html>")))));
    }
    for (String body :
        List.of(
            "",
            " ",
            "{}",
            "{",
            "[]",
            "null",
            "0",
            "<html></html>",
            "{\"errmsg\":\"ok\"}",
            "{\"errcode\":\"\"}",
            "{\"errcode\":0",
            "{\"errcode\":0}}",
            "{\"errcode\":0}{\"a\":1}")) {
      odd.add(unclear("the body " + body, line -> line.say(answer(bytes(body)))));
    }
    return Attribution.everywhere(odd);
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void statuses(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Attribution.check(transport, kind, oddity);
  }

  // Helpers.

  private static String hex(ScriptedUpstream.Line line) {
    return Integer.toHexString(line.body().length);
  }

  private static byte[] inBytes(ScriptedUpstream.Line line) {
    ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    for (byte each : line.body()) {
      chunks.writeBytes(chunk(new byte[] {each}));
    }
    chunks.writeBytes(LAST_CHUNK);
    return chunks.toByteArray();
  }

  private static byte[] tooLong(ScriptedUpstream.Line line, int by) {
    return head("200 OK", "Content-Length: " + (line.body().length + by) + "\r\n");
  }

  private static byte[] of(String firstLine, String headers, ScriptedUpstream.Line line) {
    return join(
        bytes(firstLine + "\r\n" + headers + "Content-Length: " + line.body().length + "\r\n\r\n"),
        line.body());
  }

  private static byte[] blanks(int length) {
    return bytes(" ".repeat(length));
  }

  private static byte[] gzip(byte[] body) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(body);
    }
    return packed.toByteArray();
  }
}
