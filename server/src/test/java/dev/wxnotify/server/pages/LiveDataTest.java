package dev.wxnotify.server.pages;

import static dev.wxnotify.server.testing.JournalEvents.acceptance;
import static dev.wxnotify.server.testing.JournalEvents.receipt;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.delivery.ErrcodeExplanations;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.Order;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.delivery.RecentFailures;
import dev.wxnotify.server.delivery.Reply;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.Trace;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.journal.EventLookup;
import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.MessageRecord;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.server.journal.Subscription;
import dev.wxnotify.server.journal.SubscriptionTimes;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.Samples;
import dev.wxnotify.server.pages.ConfigurationState.CallerState;
import dev.wxnotify.server.pages.ConfigurationState.Origin;
import dev.wxnotify.server.pages.ConfigurationState.Setting;
import dev.wxnotify.server.pages.History.Counts;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeJournal;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.testing.TestApps;
import dev.wxnotify.server.token.TokenCache;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What viewers see: everything of their apps, and nothing of others. */
final class LiveDataTest {
  private static final String SHOP = "wx-shop";
  private static final String CLUB = "wx-club";

  /** Knows the same events of everybody. */
  private static final EventLookup EVENTS =
      new EventLookup() {
        @Override
        public CompletionStage<List<StoredEvent>> answers(String appId, String openId, int limit) {
          return CompletableFuture.completedStage(List.of(acceptance(1, appId)));
        }

        @Override
        public CompletionStage<List<StoredEvent>> receipts(String appId, String messageId) {
          return CompletableFuture.completedStage(List.of(receipt(1, appId, "crm")));
        }
      };

  private final FakeClock clock = new FakeClock();
  private final FakeScheduler timer = new FakeScheduler(clock);
  private final FakeJournal journal = new FakeJournal();
  private final App shop = app(SHOP);
  private final App club = app(CLUB);
  private final Apps apps = new Apps(List.of(shop, club), shop);
  private final Readiness readiness = new Readiness(apps, clock);
  private final RecentFailures failures = new RecentFailures(clock);
  private final History history =
      new History(() -> Map.of(SHOP, new Counts(1, 0, 0, 0), CLUB, new Counts(20, 0, 0, 0)), clock);
  private final ConsoleData all = data(new Viewer("ops", null));
  private final ConsoleData shopOnly = data(new Viewer("shopkeeper", Set.of(SHOP)));

  private App app(String appId) {
    return TestApps.app(
        appId,
        TokenCache.notNeeded(appId, 150, clock, timer),
        Samples.SECKILL_TEMPLATE,
        clock.nanos(),
        timer);
  }

  private ConsoleData data(Viewer viewer) {
    ErrcodeExplanations errcodes =
        errcode ->
            errcode == 43101
                ? new ErrcodeExplanations.Entry(
                    new SendOutcome.Accepted(""), "no subscription", "ask the user")
                : null;
    return new LiveData(
        new Visit(viewer, () -> viewer),
        new ConsoleSources(
            "1.2.3",
            FakeClock.START,
            clock,
            apps,
            readiness,
            failures,
            errcodes,
            journal,
            journal,
            EVENTS,
            journal,
            history,
            150,
            Map.of("in_flight", new Permits(10, 1)),
            new ConsoleSources.Parts(
                LiveDataTest::redis,
                () -> new ServerState.JournalState("memory", "", 3, Duration.ofDays(30)),
                () -> "127.0.0.1:9090",
                LiveDataTest::push,
                LiveDataTest::configuration,
                () -> Map.of(SHOP, "shop", CLUB, "club"))),
        timer,
        timer);
  }

  private static Optional<ServerState.RedisState> redis() {
    return Optional.of(new ServerState.RedisState("it is away", 1, 2, 3));
  }

  private static Optional<AppState.PushState> push(String appId) {
    return appId.equals(SHOP)
        ? Optional.of(new AppState.PushState("/wechat/shop", "safe", true, false))
        : Optional.empty();
  }

  private static ConfigurationState configuration() {
    return new ConfigurationState(
        "wxnotify.yaml",
        List.of(
            setting("wxnotify.grpc.port"),
            setting("wxnotify.apps.shop.app-id"),
            setting("wxnotify.apps.club.app-id"),
            setting("wxnotify.apps.shop2.app-id"),
            setting("wxnotify.grpc.callers.shopkeeper.operator"),
            setting("wxnotify.grpc.callers.ops.operator")),
        List.of(caller("ops"), caller("shopkeeper")),
        "apps.club: is wrong");
  }

  private static Setting setting(String key) {
    return new Setting("Some", key, "x", false, true, Origin.FILE, "", "", "some");
  }

  private static CallerState caller(String name) {
    return new CallerState(name, null, true, false, false, 1, Set.of(), null, null);
  }

  private void fail(App app, SendOutcome outcome) {
    Reply reply = new Reply(outcome, false);
    failures.messageEnded(
        new Order(
            app,
            Samples.message(),
            MessageKind.SUBSCRIBE,
            "",
            "",
            Lane.SINGLE,
            Duration.ofSeconds(1),
            Trace.NONE,
            Instant.EPOCH,
            false),
        reply,
        reply,
        1);
  }

  private static JournalEntry message(long sequence, String appId) {
    return message(sequence, appId, "request-" + sequence);
  }

  private static JournalEntry message(long sequence, String appId, String requestId) {
    return new JournalEntry(
        sequence,
        new MessageRecord(
            appId,
            Long.toString(sequence),
            requestId,
            "crm",
            "user",
            "template",
            MessageKind.SUBSCRIBE,
            MessageRecord.Outcome.ACCEPTED,
            "",
            null,
            FakeClock.START.plusSeconds(sequence),
            FakeClock.START.plusSeconds(sequence),
            1),
        null);
  }

  private static MessageSearch search(String appId, int limit) {
    return new MessageSearch(appId, "", "", "", null, null, null, null, null, limit);
  }

  @Test
  void apps_areThoseOfTheViewer() {
    assertThat(all.apps())
        .extracting(AppState::appId, AppState::name, AppState::isDefault)
        .containsExactly(tuple(CLUB, "club", false), tuple(SHOP, "shop", true));
    assertThat(shopOnly.apps()).extracting(AppState::appId).containsExactly(SHOP);
    assertThat(shopOnly.app(SHOP))
        .get()
        .returns(true, AppState::canSend)
        .returns(150, AppState::callsPerHour)
        .returns(new AppState.PushState("/wechat/shop", "safe", true, false), AppState::push);
    assertThat(shopOnly.app(CLUB)).isEmpty();
    assertThat(all.app("")).as("no default here").isEmpty();
    assertThat(all.app("wx-none")).isEmpty();
  }

  @Test
  void server_hidesReasonsOfOtherApps() {
    readiness.watch("push", () -> Optional.of("pushes of wx-club, wx-shop cannot be decrypted"));
    readiness.watch("redis", () -> Optional.of("it is away"));

    assertThat(all.server().readiness().reasons()).hasSize(3);
    assertThat(shopOnly.server())
        .returns("1.2.3", ServerState::version)
        .returns("127.0.0.1:9090", ServerState::pushAddress)
        .returns(redis().orElseThrow(), ServerState::redis);
    assertThat(shopOnly.server().readiness().reasons())
        .containsExactly("the server is starting", "redis: it is away");
    assertThat(shopOnly.server().permits())
        .containsExactly(new ServerState.PermitsState("in_flight", 0, 10, 0, 0));
  }

  @Test
  void failures_areExplained_andOfTheViewersApps() {
    WeChatError known = new WeChatError(43101, "user refuse", "rid-1");
    SendOutcome refused = new Rejected(Rejected.Reason.USER_NOT_SUBSCRIBED, known, List.of(), null);
    fail(club, refused);
    fail(shop, refused);
    fail(shop, refused);
    fail(shop, new SendOutcome.Unknown(SendOutcome.Unknown.Reason.NO_ANSWER, "reset"));

    assertThat(all.failures()).hasSize(3);
    assertThat(shopOnly.failures())
        .extracting(FailureState::appId, FailureState::reason, FailureState::count)
        .containsExactly(tuple(SHOP, "USER_NOT_SUBSCRIBED", 2L), tuple(SHOP, "NO_ANSWER", 1L));
    assertThat(shopOnly.failures().get(0))
        .returns("no subscription", FailureState::meaning)
        .returns("ask the user", FailureState::action);
    assertThat(shopOnly.failures().get(1)).returns("", FailureState::meaning);
  }

  @Test
  void history_isTheSumOfTheViewersApps() {
    history.sample();

    assertThat(all.history("").samples()).extracting(HistoryState.Sample::all).containsExactly(21L);
    assertThat(all.history(CLUB).samples())
        .extracting(HistoryState.Sample::all)
        .containsExactly(20L);
    assertThat(shopOnly.history("").samples())
        .extracting(HistoryState.Sample::all)
        .containsExactly(1L);
    assertThat(shopOnly.history(CLUB).samples())
        .extracting(HistoryState.Sample::all)
        .containsExactly(0L);
  }

  @Test
  void messages_arePaged_andOfTheViewersApps() {
    journal.add(message(1, SHOP), message(2, CLUB), message(3, SHOP), message(4, SHOP));

    MessageList first = shopOnly.messages(search("", 2));
    assertThat(first.messages()).extracting(JournalEntry::sequence).containsExactly(4L, 3L);
    var next = first.next();
    assertThat(next).isNotNull();
    String text = MessageList.text(requireNonNull(next));
    assertThat(MessageList.place(text).orElseThrow().sequence()).isEqualTo(3);
    assertThat(shopOnly.messages(search(CLUB, 2)).messages()).isEmpty();
    assertThat(all.messages(search(CLUB, 2)).messages()).hasSize(1);
    assertThat(all.messages(search("", 4)).next()).isNull();
    assertThat(shopOnly.messageById("", "2")).isEmpty();
    assertThat(all.messageById("", "2")).isPresent();
    assertThat(shopOnly.messageByRequestId("", "request-2")).isEmpty();
    assertThat(shopOnly.messageByRequestId("", "request-3")).isPresent();
  }

  /** Ids of callers are their own: another app's newer message may have the same one. */
  @Test
  void messages_ofOneApp_areFoundBehindNewerOnesOfAnother() {
    journal.add(message(1, SHOP, "order-7"), message(2, CLUB, "order-7"));

    Lookup lookup = new Lookup(all);

    for (String appId : List.of(SHOP, CLUB)) {
      MessageView found =
          lookup
              .find(new LookupView.Query("order-7", LookupView.Kind.REQUEST, appId, ""))
              .message();
      assertThat(found).isNotNull();
      assertThat(requireNonNull(found).entry().message().appId()).isEqualTo(appId);
    }
    assertThat(shopOnly.messageByRequestId(CLUB, "order-7")).isEmpty();
    assertThat(shopOnly.messageById(CLUB, "2")).isEmpty();
  }

  @Test
  void places_ofOtherTexts_areNone() {
    for (String text : List.of("", "1", "a-b", "1-", "-1-2", "1-2-3", "9".repeat(16) + "-1")) {
      assertThat(MessageList.place(text)).as(text).isEmpty();
    }
  }

  @Test
  void limits_areChecked() {
    assertThatThrownBy(() -> all.messages(search("", 0)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> all.messages(search("", MessageSearch.MOST + 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void subscriptions_areOfTheViewersApps() {
    journal.add(new Subscription("template", SubscriptionTimes.NONE, OptionalInt.empty()));

    assertThat(shopOnly.subscriptions(SHOP, "user")).hasSize(1);
    assertThat(shopOnly.subscriptions(CLUB, "user")).isEmpty();
    assertThat(all.subscriptions("", "user")).isEmpty();
    assertThat(shopOnly.answers(SHOP, "user", 1)).hasSize(1);
    assertThat(shopOnly.answers(CLUB, "user", 1)).isEmpty();
    assertThat(shopOnly.receipts(SHOP, "1")).hasSize(1);
    assertThat(shopOnly.receipts(CLUB, "1")).isEmpty();
  }

  @Test
  void recentEvents_areTheNewestOfTheViewersApps() {
    journal.publish(receipt(1, SHOP, "crm"), acceptance(2, CLUB), receipt(3, SHOP, "erp"));

    assertThat(all.recentEvents("", 2))
        .extracting(
            EventList::cursor, list -> list.events().stream().map(EventState::cursor).toList())
        .containsExactly("fake-3", List.of("fake-2", "fake-3"));
    assertThat(shopOnly.recentEvents("", 9).events())
        .extracting(EventState::cursor)
        .containsExactly("fake-1", "fake-3");
    assertThat(shopOnly.recentEvents(CLUB, 9).events()).isEmpty();
  }

  @Test
  void recentEvents_whereTheOldestAreForgotten_areTheRest() {
    journal.publish(
        LongStream.rangeClosed(1, 10)
            .mapToObj(position -> acceptance(position, SHOP))
            .toArray(StoredEvent[]::new));
    journal.forgetUpTo(7);

    assertThat(all.recentEvents("", 9).events()).hasSize(3);
  }

  @Test
  void journalThatIsAway_isSaid() {
    journal.setAway(true);

    assertThatThrownBy(() -> all.messageById("", "1"))
        .isInstanceOf(JournalUnavailableException.class);
    assertThatThrownBy(() -> all.recentEvents("", 1))
        .isInstanceOf(JournalUnavailableException.class);
  }

  @Test
  void configuration_showsALimitedViewerItsOwn() {
    assertThat(all.configuration()).isEqualTo(configuration());
    ConfigurationState seen = shopOnly.configuration();
    assertThat(seen.settings())
        .extracting(Setting::key)
        .containsExactly(
            "wxnotify.grpc.port",
            "wxnotify.apps.shop.app-id",
            "wxnotify.grpc.callers.shopkeeper.operator");
    assertThat(seen.callers()).extracting(CallerState::name).containsExactly("shopkeeper");
    assertThat(seen.trouble()).isEqualTo("it has mistakes");
  }
}
