package dev.wxnotify.server.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.PushIntake;
import dev.wxnotify.server.journal.PushRejectedException;
import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.LogCapture;
import dev.wxnotify.server.testing.RawHttp;
import dev.wxnotify.server.testing.RawHttp.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoint over real sockets, with a journal and an owner of other pushes behind it. */
final class PushServerTest {
  private static final WeChatSide WECHAT = WeChatSide.USUAL;
  private static final long NOW = FakeClock.START.getEpochSecond();
  private static final String OTHER = "{\"MsgType\":\"text\",\"Content\":\"hush\"}";
  private static final String OPEN_ID = "oHUSHabcdefghijklmnop";

  private final FakeJournal journal = new FakeJournal();
  private final RecordedPushes heard = new RecordedPushes();
  private final PushApps apps = new PushApps();
  private final LogCapture log = LogCapture.open();
  private final PushServer server =
      new PushServer(
          new PushServer.Settings(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Duration.ofMinutes(10)),
          apps,
          journal,
          heard,
          new FakeClock(),
          Transport.NIO);

  @BeforeEach
  void start() throws IOException {
    apps.replace(List.of(app(PushMode.SAFE, null)));
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
    log.close();
    assertThat(log.everything())
        .doesNotContain(WECHAT.token(), WECHAT.aesKey(), OPEN_ID, "hush", "HUSH");
  }

  private static PushApp app(PushMode mode, @Nullable URI forwardUrl) {
    PushSecrets secrets =
        new PushSecrets(List.of(WECHAT.token()), List.of(new EncodingAesKey(WECHAT.aesKey())));
    return new PushApp("shop", WECHAT.appId(), mode, () -> secrets, forwardUrl);
  }

  private static String sent(long messageId) {
    return "{\"FromUserName\":\""
        + OPEN_ID
        + "\",\"CreateTime\":"
        + (NOW - 3)
        + ",\"MsgType\":\"event\",\"Event\":\"subscribe_msg_sent_event\",\"List\":{\"MsgID\":\""
        + messageId
        + "\",\"TemplateId\":\"t-1\",\"ErrorCode\":\"0\",\"ErrorStatus\":\"success\"}}";
  }

  private static String request(String method, String path, WeChatSide.Push push) {
    return method
        + " "
        + path
        + "?"
        + push.rawQuery()
        + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=x\r\nContent-Length: "
        + push.bytes().length
        + "\r\n\r\n"
        + push.body();
  }

  private Answer post(WeChatSide.Push push) throws IOException {
    return RawHttp.ask(server.port(), request("POST", "/wechat/shop", push));
  }

  private static void assertSuccess(Answer answer) {
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("success");
  }

  @Test
  void verification_isEchoedByteForByte() throws Exception {
    String echo = "4375120948345356249 &<中>";

    Answer answer =
        RawHttp.ask(server.port(), request("GET", "/wechat/shop", WECHAT.verification(NOW, echo)));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(echo);
    assertThat(answer.head())
        .contains("content-type: text/plain; charset=utf-8", "x-content-type-options: nosniff");
    assertThat(heard.all).containsExactly("wx-shop VERIFICATION VERIFIED");
  }

  @Test
  void verification_wrong_isRefusedWithoutDetail() throws Exception {
    WeChatSide.Push push = WECHAT.verification(NOW, "hush").with("signature", "0".repeat(40));

    Answer answer = RawHttp.ask(server.port(), request("GET", "/wechat/shop", push));

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.body()).isEqualTo("forbidden\n");
    assertThat(
            RawHttp.ask(server.port(), request("GET", "/wechat/shop", push.without("echostr")))
                .status())
        .isEqualTo(400);
  }

  @Test
  void receipt_isStoredBeforeItIsAnswered() throws Exception {
    assertSuccess(post(WECHAT.safe(NOW, sent(1700827132819554304L))));

    assertThat(journal.events())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.appId()).isEqualTo("wx-shop");
              assertThat(event.openId()).isEqualTo(OPEN_ID);
              assertThat(event.detail())
                  .isEqualTo(new Event.DeliveryReport(true, "1700827132819554304", "0", "success"));
            });
    assertThat(heard.all).containsExactly("wx-shop SENT STORED", "wx-shop delivered");
    assertThat(heard.lags).allSatisfy(lag -> assertThat(lag.toSeconds()).isEqualTo(3));
  }

  @Test
  void replay_isSuccessAndMakesNoEvent() throws Exception {
    WeChatSide.Push push = WECHAT.safe(NOW, sent(1));
    for (int i = 0; i < 4; i++) {
      assertSuccess(post(push));
    }

    assertThat(journal.events()).hasSize(1);
    assertThat(journal.calls()).isEqualTo(4);
  }

  @Test
  void journalThatIsAway_makesWeChatAskAgain() throws Exception {
    WeChatSide.Push push = WECHAT.safe(NOW, sent(1));
    for (FakeJournal.Mood mood : List.of(FakeJournal.Mood.AWAY, FakeJournal.Mood.BROKEN)) {
      journal.be(mood);
      assertThat(post(push).status()).isEqualTo(503);
    }
    journal.be(FakeJournal.Mood.WELL);
    assertSuccess(post(push));

    assertThat(journal.events()).hasSize(1);
    assertThat(heard.all)
        .containsExactly(
            "wx-shop SENT UNAVAILABLE",
            "wx-shop SENT UNAVAILABLE",
            "wx-shop SENT STORED",
            "wx-shop delivered");
  }

  @Test
  void stop_answersThePushThatIsBeingStored() throws Exception {
    journal.be(FakeJournal.Mood.HANGING);
    try (RawHttp http = new RawHttp(server.port());
        RawHttp idle = new RawHttp(server.port())) {
      assertThat(idle.send("GET / HTTP/1.1\r\n\r\n").read().status()).isEqualTo(404);
      http.send(request("POST", "/wechat/shop", WECHAT.safe(NOW, sent(1))));
      Await.until("the push", () -> journal.calls() == 1);
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);

      assertThat(idle.isClosedByServer()).isTrue();
      journal.stopHanging();

      assertSuccess(http.read());
      Await.result(stopped);
    }
  }

  /** WeChat gives up after five seconds: these two wait beside each other. */
  @Test
  void journalAndOwnerThatHang_areNotWaitedForBeyondWeChatsPatience() throws Exception {
    try (Owner owner = new Owner();
        RawHttp receipt = new RawHttp(server.port());
        RawHttp other = new RawHttp(server.port())) {
      owner.hangs();
      apps.replace(List.of(app(PushMode.SAFE, owner.url())));
      journal.be(FakeJournal.Mood.HANGING);
      long begin = System.nanoTime();
      receipt.send(request("POST", "/wechat/shop", WECHAT.safe(NOW, sent(1))));
      other.send(request("POST", "/wechat/shop", WECHAT.safe(NOW, OTHER)));

      assertSuccess(other.read());
      assertThat(receipt.read().status()).isEqualTo(503);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Forwarding.PATIENCE);
      assertThat(heard.all).contains("wx-shop forwarded FAILED");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Event\":\"debug_demo\",\"debug_str\":\"hello world\"}",
        "<xml><Event><![CDATA[debug_demo]]></Event></xml>",
        "{\"action\":\"CheckContainerPath\"}",
        "{\"Event\":\"unheard_of\"}",
        OTHER,
      })
  void otherPush_isSuccess(String text) throws Exception {
    assertSuccess(post(WECHAT.safe(NOW, text)));

    assertThat(heard.all).containsExactly("wx-shop OTHER NOT_OURS");
    assertThat(journal.calls()).isZero();
  }

  /** It would never become readable, however often WeChat pushed it. */
  @Test
  void eventOfOurs_thatCannotBeRead_isSuccessAndCounted() throws Exception {
    assertSuccess(post(WECHAT.safe(NOW, sent(1).replace("MsgID", "NoID"))));
    assertSuccess(post(WECHAT.safe(NOW, "neither XML nor JSON, hush")));

    assertThat(heard.all).containsExactly("wx-shop SENT UNREADABLE", "wx-shop OTHER UNREADABLE");
    assertThat(log.lines(Level.WARN, "a genuine push could not be read")).hasSize(1);
    assertThat(journal.calls()).isZero();
  }

  @Test
  void refusals_haveTheirStatus_andNoDetail() throws Exception {
    WeChatSide.Push good = WECHAT.safe(NOW, sent(1));
    WeChatSide otherApp = new WeChatSide(WECHAT.token(), WECHAT.aesKey(), "wx-other");

    assertThat(
            List.of(
                post(good.with("msg_signature", "0")),
                post(WECHAT.safe(NOW - 3_600, sent(1))),
                post(otherApp.safe(NOW, sent(1))),
                post(WECHAT.plain(NOW, sent(1)))))
        .allSatisfy(answer -> assertThat(answer.status()).isEqualTo(403))
        .allSatisfy(answer -> assertThat(answer.body()).isEqualTo("forbidden\n"));
    assertThat(
            List.of(
                post(good.withBody("hush")),
                post(good.withBody("")),
                post(good.withBody("<!DOCTYPE x><xml/>")),
                post(good.without("timestamp"))))
        .allSatisfy(answer -> assertThat(answer.status()).isEqualTo(400))
        .allSatisfy(answer -> assertThat(answer.body()).isEqualTo("bad request\n"));
    assertThat(RawHttp.ask(server.port(), "POST /wechat/shop?a=%zz HTTP/1.1\r\n\r\n").status())
        .isEqualTo(400);
    assertThat(journal.calls()).isZero();
    assertThat(heard.all)
        .contains(
            "wx-shop UNKNOWN WRONG_SIGNATURE",
            "wx-shop UNKNOWN WRONG_TIME",
            "wx-shop UNKNOWN WRONG_APP",
            "wx-shop UNKNOWN WRONG_MODE",
            "wx-shop UNKNOWN MALFORMED");
  }

  @Test
  void refusals_ofManyStrangers_areLoggedOnceAMinute() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(post(WECHAT.safe(NOW, sent(i)).with("msg_signature", "0")).status())
          .isEqualTo(403);
    }

    assertThat(log.lines(Level.WARN, "its signature is not by push.token")).hasSize(1);
  }

  @Test
  void otherMethodsAndPaths_areRefusedByTheirHead() throws Exception {
    for (String method : List.of("PUT", "DELETE", "OPTIONS", "PATCH")) {
      assertThat(RawHttp.ask(server.port(), method + " /wechat/shop HTTP/1.1\r\n\r\n"))
          .satisfies(answer -> assertThat(answer.status()).isEqualTo(405))
          .satisfies(answer -> assertThat(answer.head()).contains("allow: get, post"));
    }
    try (RawHttp http = new RawHttp(server.port())) {
      assertThat(http.send("HEAD /wechat/shop HTTP/1.1\r\n\r\n").readHead().status())
          .isEqualTo(405);
    }
    for (String path :
        List.of(
            "/",
            "/wechat",
            "/wechat/",
            "/wechat/shop/",
            "/wechat/SHOP",
            "/wechat/none",
            "/wechat/%zz",
            "/x/../wechat/shop",
            "*")) {
      assertThat(RawHttp.ask(server.port(), "POST " + path + " HTTP/1.1\r\n\r\n").status())
          .as(path)
          .isEqualTo(404);
    }
  }

  @Test
  void bodyBeyond64KiB_is413() throws Exception {
    String large = "x".repeat(PushServer.MAX_BODY + 1);

    assertThat(post(WECHAT.safe(NOW, OTHER).withBody(large)).status()).isEqualTo(413);
    assertThat(post(WECHAT.safe(NOW, OTHER).withBody(large.substring(1))).status()).isEqualTo(400);
  }

  @Test
  void plainMode_takesBothKinds() throws Exception {
    apps.replace(List.of(app(PushMode.PLAIN, null)));

    assertSuccess(post(WECHAT.plain(NOW, sent(1))));
    assertSuccess(post(WECHAT.safe(NOW, sent(2))));
    assertSuccess(post(WECHAT.compatible(NOW, sent(3), sent(4))));

    assertThat(journal.events())
        .extracting(event -> ((Event.DeliveryReport) event.detail()).messageId())
        .containsExactly("1", "2", "3");
  }

  @Test
  void otherPush_isPassedOnAsItCame_andItsAnswerHandedBack() throws Exception {
    try (Owner owner = new Owner()) {
      apps.replace(List.of(app(PushMode.SAFE, owner.url())));
      WeChatSide.Push push = WECHAT.safe(NOW, OTHER);

      Answer answer = post(push);
      assertSuccess(post(WECHAT.safe(NOW, sent(1))));

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("{\"answer\":1}");
      assertThat(answer.head()).contains("content-type: application/json");
      assertThat(owner.received)
          .containsExactly(
              "POST /old/push?" + push.rawQuery() + " text/xml; charset=x " + push.body());
      assertThat(heard.all).contains("wx-shop forwarded ANSWERED");
    }
  }

  /** Only who has the token may reach the owner through this server. */
  @Test
  void pushThatIsNotGenuine_isNotPassedOn() throws Exception {
    try (Owner owner = new Owner()) {
      apps.replace(List.of(app(PushMode.SAFE, owner.url())));

      assertThat(post(WECHAT.safe(NOW, OTHER).with("msg_signature", "0")).status()).isEqualTo(403);
      assertThat(post(WECHAT.plain(NOW, OTHER)).status()).isEqualTo(403);
      assertThat(owner.received).isEmpty();
    }
  }

  @Test
  void ownerWithoutAnAnswerOfUse_isSuccessToWeChat() throws Exception {
    Owner owner = new Owner();
    apps.replace(List.of(app(PushMode.SAFE, owner.url())));
    try (owner) {
      owner.replies(500, "text/plain", "hush");
      assertSuccess(post(WECHAT.safe(NOW, OTHER)));
      owner.replies(302, "text/plain", "hush");
      assertSuccess(post(WECHAT.safe(NOW, OTHER)));
      owner.replies(200, "text/plain", "x".repeat(HttpForwarder.MAX_ANSWER + 1));
      assertSuccess(post(WECHAT.safe(NOW, OTHER)));
      owner.replies(200, "text/plain", "x".repeat(HttpForwarder.MAX_ANSWER));
      assertThat(post(WECHAT.safe(NOW, OTHER)).body()).hasSize(HttpForwarder.MAX_ANSWER);
      owner.replies(200, "text/plain", "");
      assertThat(post(WECHAT.safe(NOW, OTHER)).body()).isEmpty();
    }
    assertSuccess(post(WECHAT.safe(NOW, OTHER))); // Nobody listens there any more.

    assertThat(heard.all.stream().filter(each -> each.contains("forwarded")))
        .containsExactly(
            "wx-shop forwarded REFUSED",
            "wx-shop forwarded REFUSED",
            "wx-shop forwarded REFUSED",
            "wx-shop forwarded ANSWERED",
            "wx-shop forwarded ANSWERED",
            "wx-shop forwarded FAILED");
  }

  @Test
  void ownerWithoutTls_isToldFromOneWhoIsAway_andOneWhoBreaksOff() throws Exception {
    String place;
    try (ServerSocket owner = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      place = "127.0.0.1:" + owner.getLocalPort() + "/";
      assertThat(warningWhenPassedTo("https://" + place, owner, "HTTP/1.1 400 Bad\r\n\r\n"))
          .contains("push.forward-url has no TLS, or no certificate that is trusted here");
      assertThat(warningWhenPassedTo("http://" + place, owner, "HTTP/1.1 200"))
          .contains("push.forward-url gave no whole answer");
    }
    apps.replace(List.of(app(PushMode.SAFE, URI.create("http://" + place))));
    assertSuccess(post(WECHAT.safe(NOW, OTHER)));

    assertThat(log.everything()).contains("push.forward-url could not be reached");
  }

  private String warningWhenPassedTo(String url, ServerSocket owner, String answer)
      throws Exception {
    apps.replace(List.of(app(PushMode.SAFE, URI.create(url))));
    try (RawHttp http = new RawHttp(server.port())) {
      http.send(request("POST", "/wechat/shop", WECHAT.safe(NOW, OTHER)));
      try (Socket passed = owner.accept()) {
        assertThat(passed.getInputStream().read()).isNotNegative();
        passed.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
        passed.shutdownOutput();
        assertSuccess(http.read());
      }
    }
    return log.everything();
  }

  @Test
  void ownerWhoHangs_holdsABoundedNumberOfPushes_andDelaysNoneOfOurs() throws Exception {
    List<RawHttp> waiting = new ArrayList<>();
    try (Owner owner = new Owner()) {
      owner.hangs();
      apps.replace(List.of(app(PushMode.SAFE, owner.url())));
      for (int i = 0; i < Forwarding.MOST; i++) {
        RawHttp http = new RawHttp(server.port());
        waiting.add(http.send(request("POST", "/wechat/shop", WECHAT.safe(NOW, OTHER))));
      }
      Await.until(
          "all pushes are passed on, or answered",
          () ->
              heard.all.stream().filter("wx-shop OTHER NOT_OURS"::equals).count()
                  == Forwarding.MOST);

      assertSuccess(post(WECHAT.safe(NOW, OTHER)));
      assertSuccess(post(WECHAT.safe(NOW, sent(1))));
      assertThat(heard.all)
          .contains("wx-shop forwarded BUSY")
          .doesNotContain("wx-shop forwarded ANSWERED");

      owner.answersAgain();
      for (RawHttp each : waiting) {
        assertThat(each.read().status()).isEqualTo(200);
      }
    } finally {
      for (RawHttp each : waiting) {
        each.close();
      }
    }
  }

  /** Its head came in time, so that no time limit of the client ends it. */
  @Test
  void ownerWhoseAnswerHasNoEnd_isGivenUp() throws Exception {
    try (ServerSocket owner = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RawHttp other = new RawHttp(server.port())) {
      URI url = URI.create("http://127.0.0.1:" + owner.getLocalPort() + "/");
      apps.replace(List.of(app(PushMode.SAFE, url)));
      other.send(request("POST", "/wechat/shop", WECHAT.safe(NOW, OTHER)));
      try (Socket passed = owner.accept()) {
        passed
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx".getBytes(StandardCharsets.UTF_8));

        assertSuccess(other.read());
        passed.setSoTimeout(20_000);
        assertThat(endsOf(passed)).isTrue();
      }
    }
    assertThat(heard.all).contains("wx-shop forwarded FAILED");
  }

  private static boolean endsOf(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  private PushIntake.Result ingest(WeChatSide.Push push) throws Exception {
    return Await.result(server.intake().ingest("wx-shop", push.query(), push.bytes()));
  }

  @Test
  void pushOfSomebodyElse_isProcessedAsItsOwn_andNeverPassedOn() throws Exception {
    try (Owner owner = new Owner()) {
      apps.replace(List.of(app(PushMode.SAFE, owner.url())));

      assertThat(ingest(WECHAT.safe(NOW, sent(1))))
          .isEqualTo(new PushIntake.Result("success", true));
      assertThat(ingest(WECHAT.safe(NOW, OTHER)))
          .isEqualTo(new PushIntake.Result("success", false));
      assertThat(ingest(WECHAT.verification(NOW, "echo")))
          .isEqualTo(new PushIntake.Result("echo", true));
      assertThat(journal.events()).hasSize(1);
      assertThat(owner.received).isEmpty();
    }
  }

  @Test
  void pushOfSomebodyElse_wrong_namesTheFieldAndTheRule() {
    assertRejected(
        WECHAT.safe(NOW, sent(1)).with("msg_signature", "hush"),
        "query[\"msg_signature\"]",
        "is wrong");
    assertRejected(WECHAT.safe(NOW, sent(1)).without("nonce"), "query[\"nonce\"]", "is required");
    assertRejected(
        WECHAT.safe(NOW - 3_600, sent(1)),
        "query[\"timestamp\"]",
        "differs from the time of this server by more than 600 s");
    assertRejected(
        WECHAT.safe(NOW, sent(1)).withBody("hush"),
        "body",
        "is neither an XML element nor a JSON object");
    assertRejected(
        WECHAT.safe(NOW, sent(1)).withBody("x".repeat(PushServer.MAX_BODY + 1)),
        "body",
        "is larger than 65536 bytes");
    assertThatThrownBy(() -> Await.result(server.intake().ingest("wx-none", Map.of(), new byte[0])))
        .hasRootCauseMessage("app_id: is an app without push.token in the configuration");
  }

  private void assertRejected(WeChatSide.Push push, String field, String rule) {
    assertThatThrownBy(() -> ingest(push))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            PushRejectedException.class,
            rejected -> {
              assertThat(rejected.field()).isEqualTo(field);
              assertThat(rejected.rule()).isEqualTo(rule);
            });
  }

  @Test
  void pushOfSomebodyElse_whileTheJournalIsAway_failsSo() {
    journal.be(FakeJournal.Mood.AWAY);

    assertThatThrownBy(() -> ingest(WECHAT.safe(NOW, sent(1))))
        .hasRootCauseInstanceOf(JournalUnavailableException.class);
  }

  /** A plus sign stands for a blank in a query only. */
  @Test
  void nameWithAPlus_isFoundInItsPath() throws Exception {
    PushApp shop = app(PushMode.SAFE, null);
    apps.replace(List.of(new PushApp("a+b", shop.appId(), shop.mode(), shop.secrets(), null)));

    for (String path : List.of("/wechat/a+b", "/wechat/a%2Bb", "/wechat/%61%2bb")) {
      assertSuccess(RawHttp.ask(server.port(), request("POST", path, WECHAT.safe(NOW, OTHER))));
    }
  }

  /** Names of an operator's choice, percent-encoded by WeChat. */
  @Test
  void nameBeyondAscii_isFoundInItsPath() throws Exception {
    PushSecrets secrets =
        new PushSecrets(List.of(WECHAT.token()), List.of(new EncodingAesKey(WECHAT.aesKey())));
    apps.replace(List.of(new PushApp("商店.1", WECHAT.appId(), PushMode.SAFE, () -> secrets, null)));

    assertSuccess(
        RawHttp.ask(
            server.port(),
            request("POST", "/wechat/%E5%95%86%E5%BA%97.1", WECHAT.safe(NOW, OTHER))));
    assertThat(new String(WECHAT.safe(NOW, OTHER).bytes(), StandardCharsets.UTF_8)).isNotEmpty();
  }
}
