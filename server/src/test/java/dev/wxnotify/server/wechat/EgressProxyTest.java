package dev.wxnotify.server.wechat;

import static dev.wxnotify.server.wechat.Http.answer;
import static dev.wxnotify.server.wechat.Http.bytes;
import static dev.wxnotify.server.wechat.Http.head;
import static dev.wxnotify.server.wechat.Http.join;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.TestCa;
import dev.wxnotify.server.wechat.Ask.Heard;
import dev.wxnotify.server.wechat.Ask.Kind;
import dev.wxnotify.server.wechat.Ask.Outcome;
import dev.wxnotify.server.wechat.ScriptedUpstream.Trick;
import dev.wxnotify.server.wechat.WeChatClientFixture.Options;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An egress proxy that answers CONNECT oddly, and an upstream behind it that answers oddly through
 * TLS. A proxy's answer is never WeChat's answer: without a tunnel, nothing is written. Bytes that
 * arrive together with the proxy's acceptance may be dropped, since the client begins TLS.
 */
class EgressProxyTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final Properties BEFORE = new Properties();
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final URI WECHAT = URI.create("https://localhost:4443");
  private static final String ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";
  private static final byte[] FOREIGN = answer(SurplusBytesTest.FOREIGN_BODY);

  private static SSLContext tls;

  /**
   * The proxy's answer to the first CONNECT; it accepts all others.
   *
   * @param connects whether a tunnel may follow
   * @param mustConnect whether a tunnel must follow
   */
  private record Reply(String name, boolean connects, boolean mustConnect, Trick trick) {
    static Reply yes(String name, Trick trick) {
      return new Reply(name, true, true, trick);
    }

    static Reply perhaps(String name, Trick trick) {
      return new Reply(name, true, false, trick);
    }

    static Reply no(String name, Trick trick) {
      return new Reply(name, false, false, trick);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void trustAnAuthority(@TempDir Path directory) throws Exception {
    BEFORE.putAll(System.getProperties());
    TestCa authority = new TestCa("authority");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    store.setCertificateEntry("authority", TestCa.read(authority.pem()));
    Path file = directory.resolve("trust.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD);
    }
    System.setProperty("javax.net.ssl.trustStore", file.toString());
    System.setProperty("javax.net.ssl.trustStorePassword", new String(PASSWORD));
    TestCa.Identity identity = authority.issueForLoopback("wechat");
    tls =
        ((JdkSslContext)
                SslContextBuilder.forServer(
                        new ByteArrayInputStream(identity.certificate().getBytes(US_ASCII)),
                        new ByteArrayInputStream(identity.privateKey().getBytes(US_ASCII)))
                    .sslProvider(SslProvider.JDK)
                    .build())
            .context();
  }

  @AfterAll
  static void restore() {
    System.setProperties(BEFORE);
  }

  // What the proxy answers.

  static Stream<Arguments> connect() {
    List<Reply> all = new ArrayList<>();
    all.add(Reply.yes("yes", line -> line.say(ESTABLISHED)));
    all.add(Reply.yes("yes, byte by byte", line -> line.spell(bytes(ESTABLISHED))));
    all.add(
        Reply.yes(
            "yes of HTTP/1.0",
            line -> line.say("HTTP/1.0 200 Connection established\r\nProxy-agent: x\r\n\r\n")));
    for (String interim :
        List.of("100 Continue", "102 Processing", "103 Early Hints\r\nLink: </a.css>")) {
      String before = "HTTP/1.1 " + interim + "\r\n\r\n";
      String name = interim.substring(0, 3);
      all.add(Reply.perhaps(name + " with the yes", line -> line.say(before + ESTABLISHED)));
      all.add(
          Reply.perhaps(
              name + " before the yes", line -> line.say(before).pause().say(ESTABLISHED)));
      all.add(Reply.no(name + " and the end", line -> line.say(before).end()));
    }
    all.add(
        Reply.perhaps(
            "yes with a length", line -> line.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")));
    all.add(
        Reply.perhaps(
            "yes with a length of nothing",
            line -> line.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")));
    all.add(
        Reply.perhaps(
            "yes with chunks",
            line -> line.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")));
    all.add(
        Reply.perhaps(
            "yes that closes", line -> line.say("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")));
    all.add(
        Reply.perhaps("yes without a body", line -> line.say("HTTP/1.1 204 No Content\r\n\r\n")));
    all.add(Reply.perhaps("yes and a byte", line -> line.say(ESTABLISHED + "x").pause()));
    all.add(
        Reply.perhaps(
            "yes and an answer", line -> line.say(join(bytes(ESTABLISHED), FOREIGN)).pause()));
    all.add(
        Reply.no(
            "yes with a length, and as long an answer",
            line ->
                line.say(
                        join(head("200 OK", "Content-Length: " + FOREIGN.length + "\r\n"), FOREIGN))
                    .end()));
    all.add(Reply.perhaps("yes twice", line -> line.say(ESTABLISHED + ESTABLISHED).pause()));
    all.add(
        Reply.no("yes, and later an answer", line -> line.say(ESTABLISHED).pause().say(FOREIGN)));
    all.add(
        Reply.perhaps(
            "yes and an alert", line -> line.say(ESTABLISHED + "\25\3\3\0\2\2\50").pause()));
    all.add(Reply.no("yes and the end", line -> line.say(ESTABLISHED).end()));
    all.add(Reply.no("yes and a reset", line -> line.say(ESTABLISHED).pause().reset()));
    all.add(Reply.no("switching", line -> line.say("HTTP/1.1 101 Switching Protocols\r\n\r\n")));
    for (String status :
        List.of(
            "302 Found\r\nLocation: http://127.0.0.1/",
            "400 Bad Request",
            "403 Forbidden",
            "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"a\"",
            "502 Bad Gateway",
            "503 Service Unavailable")) {
      String name = status.substring(0, 3);
      all.add(Reply.no(name, line -> line.say(answer(status, "", bytes("no")))));
      all.add(
          Reply.no(
              name + " with an answer as its body",
              line -> line.say(answer(status, "", SurplusBytesTest.FOREIGN_BODY))));
      all.add(
          Reply.no(
              name + ", then an answer",
              line -> line.say(join(answer(status, "", bytes("no")), FOREIGN))));
      all.add(
          Reply.no(
              name + ", then yes",
              line -> line.say(answer(status, "", bytes("no"))).pause().say(ESTABLISHED)));
      all.add(Reply.no(name + " without a length", line -> line.say(head(status, "")).end()));
    }
    all.add(Reply.no("rubbish", line -> line.say("SSH-2.0-OpenSSH\r\n\r\n").end()));
    all.add(Reply.no("half of a yes", line -> line.say(ESTABLISHED.substring(0, 20)).end()));
    all.add(Reply.no("the end", ScriptedUpstream.Line::end));
    all.add(Reply.no("a reset", ScriptedUpstream.Line::reset));
    all.add(Reply.no("an endless head", line -> line.say("X: y\r\n".repeat(20_000)).end()));
    return WeChatClientFixture.transports()
        .flatMap(transport -> all.stream().map(reply -> Arguments.of(transport, reply)));
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void connect(Transport transport, Reply reply) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start(line -> line.answerAsTextbook(), tls);
        WeChatClientFixture client =
            WeChatClientFixture.open(Options.of(transport, WECHAT).through(upstream.url()))) {
      upstream.onConnect(
          line -> {
            if (line.number() == 1) {
              reply.trick().play(line);
            } else {
              line.say(ESTABLISHED);
            }
          });

      List<Ask> asks = new ArrayList<>(List.of(Ask.accepted("a", 1)));
      asks.addAll(Attribution.others());
      List<Outcome> outcomes = Attribution.inTurn(asks, client);

      Attribution.assertAllTruthful(outcomes);
      Attribution.assertNoneTimedOut(outcomes);
      assertThat(outcomes.get(0).heard())
          .as(outcomes.get(0).toString())
          .isIn(
              reply.mustConnect()
                  ? List.of(Heard.ITS_OWN)
                  : reply.connects()
                      ? List.of(Heard.ITS_OWN, Heard.NOT_WRITTEN)
                      : List.of(Heard.NOT_WRITTEN));
      Attribution.assertAllHeard(outcomes.subList(1, outcomes.size()));
      Attribution.assertRequestsAreRight(upstream, outcomes);
      if (!reply.connects()) {
        assertThat(upstream.line(1).awaitLeft(Await.LONGEST)).as("closed").isTrue();
      }
    }
  }

  @ConcurrentCases
  @ParameterizedTest
  @MethodSource("transports")
  void connect_withoutAnAnswer_isNotWritten(Transport transport) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start(line -> line.answerAsTextbook(), tls);
        WeChatClientFixture client =
            WeChatClientFixture.open(
                Options.of(transport, WECHAT).through(upstream.url()).within(SHORT))) {
      upstream.onConnect(ScriptedUpstream.Line::awaitEnd);

      Outcome outcome = Await.result(Ask.accepted("a", 1).begin(client));

      assertThat(outcome.heard()).isEqualTo(Heard.NOT_WRITTEN);
      assertThat(upstream.served()).isEmpty();
    }
  }

  // What WeChat answers behind it.

  static Stream<Arguments> throughTls() {
    return Attribution.everywhere(
        List.of(
            Oddity.clear("as usual", ScriptedUpstream.Line::answerAsTextbook)
                .keepingTheConnection(),
            Oddity.clear("byte by byte", line -> line.spell(answer(line.body())))
                .keepingTheConnection(),
            Oddity.clear(
                "103 in the same record",
                line ->
                    line.say(join(bytes("HTTP/1.1 103 Early Hints\r\n\r\n"), answer(line.body())))),
            Oddity.clear(
                "103 in a record of its own",
                line -> line.say("HTTP/1.1 103 Early Hints\r\n\r\n").pause().answerAsTextbook()),
            Oddity.clear(
                "surplus in the same record", line -> line.say(join(answer(line.body()), FOREIGN))),
            Oddity.clear(
                "Connection: close",
                line -> line.say(answer("200 OK", "Connection: close\r\n", line.body()))),
            Oddity.clear(
                "to the end of the connection",
                line -> line.say(head("200 OK", "")).say(line.body()).end()),
            Oddity.unclear(
                "half an answer", line -> line.say(head("200 OK", "Content-Length: 9\r\n")).end()),
            Oddity.unclear("nothing", ScriptedUpstream.Line::end),
            Oddity.unclear("a reset", ScriptedUpstream.Line::reset),
            Oddity.unclear("an empty answer", line -> line.say(answer(new byte[0]))),
            Oddity.unclear(
                "200 to a CONNECT that nobody said",
                line -> line.say(ESTABLISHED + ESTABLISHED).end())));
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void throughTls(Transport transport, Kind kind, Oddity oddity) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start(line -> line.answerAsTextbook(), tls);
        WeChatClientFixture client =
            WeChatClientFixture.open(Options.of(transport, WECHAT).through(upstream.url()))) {
      Attribution.check(upstream, client, kind, oddity);
    }
  }

  static Stream<Transport> transports() {
    return WeChatClientFixture.transports();
  }
}
