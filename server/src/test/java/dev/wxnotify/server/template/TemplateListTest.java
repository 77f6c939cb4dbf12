package dev.wxnotify.server.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.template.TemplateSource.Answer;
import dev.wxnotify.server.template.TemplateSource.Fetched;
import dev.wxnotify.server.template.TemplateSource.Refused;
import dev.wxnotify.server.template.TemplateSource.Unavailable;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class TemplateListTest {
  private static final SeckillTemplate SECKILL =
      new SeckillTemplate("p", "T", "thing1", "time2", "thing3", "note");

  private final FakeClock clock = new FakeClock();
  private final FakeScheduler timer = new FakeScheduler(clock);
  private final ManualSource source = new ManualSource();
  private final List<String> heard = new ArrayList<>();
  private final TemplateList list = list(true, source);

  /** Answers when the test says so. */
  private static final class ManualSource implements TemplateSource {
    final List<CompletableFuture<Answer>> asked = new ArrayList<>();

    @Override
    public CompletionStage<Answer> fetch() {
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      asked.add(answer);
      return answer;
    }

    void answer(Answer answer) {
      asked.get(asked.size() - 1).complete(answer);
    }
  }

  private TemplateList list(boolean checks, TemplateSource from) {
    return new TemplateList(
        "wx-app",
        from,
        checks,
        clock,
        clock.nanos(),
        timer,
        (appId, answer) -> heard.add(appId + " " + answer.getClass().getSimpleName()));
  }

  private static Template template(String id, String... keys) {
    return new Template(
        id,
        "",
        Template.Kind.ONE_TIME,
        "",
        "",
        List.of(keys).stream().map(key -> new Keyword(key, "", List.of(), "")).toList());
  }

  private static Fetched listing(String id, String... keys) {
    return new Fetched(List.of(template(id, keys)));
  }

  private static <T> T done(CompletableFuture<T> future) {
    assertThat(future).isDone();
    return future.join();
  }

  private void startWith(Answer first) {
    list.start();
    timer.runDue();
    source.answer(first);
  }

  private List<String> ids() {
    return Objects.requireNonNull(list.current()).all().stream().map(Template::id).toList();
  }

  @Test
  void start_fetchesInTheBackground_andUntilThenNothingIsChecked() {
    list.start();

    assertThat(source.asked).as("not on the thread that starts").isEmpty();
    timer.runDue();
    assertThat(source.asked).hasSize(1);
    assertThat(list.current()).isNull();
    assertThat(list.check("T", Map.of())).isEmpty();
    assertThat(list.unfitFor(SECKILL)).isEmpty();

    source.answer(listing("T", "thing1"));

    assertThat(list.check("T", Map.of()))
        .containsExactly(new Violation("data[\"thing1\"]", "is required by the template"));
    assertThat(Objects.requireNonNull(list.current()).fetchedAt()).isEqualTo(clock.instant());
    assertThat(heard).containsExactly("wx-app Fetched");
  }

  @Test
  void firstFetch_thatFails_isRepeatedEveryMinuteUntilThereIsAList() {
    startWith(new Unavailable("down"));
    clock.advance(TemplateList.WITHOUT_LIST.minusMillis(1));
    timer.runDue();
    assertThat(source.asked).hasSize(1);
    clock.advance(Duration.ofMillis(1));
    timer.runDue();
    assertThat(source.asked).hasSize(2);
    source.answer(new Unavailable("down"));
    clock.advance(TemplateList.WITHOUT_LIST);
    timer.runDue();
    assertThat(source.asked).hasSize(3);

    source.answer(listing("T", "thing1"));

    assertThat(ids()).containsExactly("T");
    clock.advance(TemplateList.WITHOUT_LIST.multipliedBy(2));
    timer.runDue();
    assertThat(source.asked).as("with a list, in the usual period").hasSize(3);
  }

  @Test
  void laterFetch_thatFails_isRepeatedInTheUsualPeriod() {
    startWith(listing("T", "thing1"));
    clock.advance(TemplateList.PERIOD);
    timer.runDue();
    source.answer(new Unavailable("down"));

    clock.advance(TemplateList.WITHOUT_LIST.multipliedBy(2));
    timer.runDue();

    assertThat(source.asked).hasSize(2);
  }

  @Test
  void start_twice_fetchesOnce() {
    list.start();
    list.start();
    timer.runDue();

    assertThat(source.asked).hasSize(1);
    assertThat(timer.pending()).isOne();
  }

  @Test
  void time_fetchesAgainEveryTenMinutes() {
    startWith(listing("T1"));

    timer.advance(TemplateList.PERIOD.minusMillis(1));
    assertThat(source.asked).hasSize(1);
    timer.advance(Duration.ofMillis(1));
    assertThat(source.asked).hasSize(2);
    source.answer(listing("T2"));
    assertThat(ids()).containsExactly("T2");

    timer.advance(TemplateList.PERIOD);
    assertThat(source.asked).hasSize(3);
  }

  @Test
  void fetchThatNeverEnds_isNotFollowedByAnother() {
    list.start();

    timer.advance(TemplateList.PERIOD.multipliedBy(3));

    assertThat(source.asked).hasSize(1);
  }

  @Test
  void failures_ofAllKinds_keepTheLastList() {
    startWith(listing("T", "thing1"));

    for (Answer failure :
        List.of(new Unavailable("why"), new Refused(-1, "system error", "1-2-3"))) {
      timer.advance(TemplateList.PERIOD);
      source.answer(failure);

      assertThat(ids()).containsExactly("T");
      assertThat(list.check("T", Map.of())).hasSize(1);
      assertThat(list.trouble()).isEqualTo(failure);
    }
    timer.advance(TemplateList.PERIOD);
    source.asked.get(3).completeExceptionally(new IllegalStateException("token in the text"));
    assertThat(ids()).containsExactly("T");
    assertThat(Objects.requireNonNull(list.trouble()).explanation())
        .contains("IllegalStateException")
        .doesNotContain("token");

    timer.advance(TemplateList.PERIOD);
    source.answer(listing("T2"));
    assertThat(list.trouble()).isNull();
    assertThat(heard)
        .containsExactly(
            "wx-app Fetched",
            "wx-app Unavailable",
            "wx-app Refused",
            "wx-app Unavailable",
            "wx-app Fetched");
  }

  @Test
  void sourceThatThrows_isAskedAgain() {
    TemplateList broken =
        list(
            true,
            () -> {
              heard.add("asked");
              throw new IllegalStateException();
            });
    broken.start();

    timer.advance(TemplateList.WITHOUT_LIST);

    assertThat(heard).containsExactly("asked", "wx-app Unavailable", "asked", "wx-app Unavailable");
  }

  @Test
  void emptyList_replacesTheLastOne_andRefusesNothing() {
    startWith(listing("T", "thing1"));
    timer.advance(TemplateList.PERIOD);

    source.answer(new Fetched(List.of()));

    assertThat(ids()).isEmpty();
    assertThat(list.check("T", Map.of())).isEmpty();
  }

  @Test
  void templateThatIsNotListed_isNotChecked() {
    startWith(listing("T", "thing1"));

    assertThat(list.check("U", Map.of())).isEmpty();
  }

  @Test
  void checksOff_listIsKeptButNothingIsChecked() {
    TemplateList off = list(false, source);
    off.start();
    timer.runDue();
    source.answer(listing("T", "thing1"));

    assertThat(off.current()).isNotNull();
    assertThat(off.check("T", Map.of())).isEmpty();
    assertThat(off.unfitFor(SECKILL)).isEmpty();
  }

  @Test
  void unfitFor_saysWhatIsWrongWithTheConfiguredTemplate() {
    startWith(listing("T", "thing1", "time2"));

    assertThat(list.unfitFor(SECKILL)).contains("the flash-sale template T has no keyword thing3");
    assertThat(list.unfitFor(new SeckillTemplate("p", "", "thing1", "time2", "thing3", "note")))
        .as("none is configured")
        .isEmpty();

    timer.advance(TemplateList.PERIOD);
    source.answer(listing("U"));
    assertThat(list.unfitFor(SECKILL))
        .contains("the flash-sale template T is not in WeChat's list of the app's templates");

    timer.advance(TemplateList.PERIOD);
    source.answer(listing("T", "thing1", "time2", "thing3"));
    assertThat(list.unfitFor(SECKILL)).isEmpty();
  }

  @Test
  void refused_fetchesAtMostOnceAMinute() {
    startWith(listing("T1"));

    list.refused();
    list.refused();
    assertThat(source.asked).as("not on the thread of a message").hasSize(1);
    timer.runDue();
    assertThat(source.asked).hasSize(2);
    source.answer(listing("T2"));
    assertThat(ids()).containsExactly("T2");

    timer.advance(TemplateList.AFTER_REFUSAL.minusMillis(1));
    list.refused();
    timer.runDue();
    assertThat(source.asked).hasSize(2);

    timer.advance(Duration.ofMillis(1));
    list.refused();
    timer.runDue();
    assertThat(source.asked).hasSize(3);
  }

  @Test
  void refused_whileAFetchIsUnderWay_startsNone() {
    list.start();
    timer.runDue();

    list.refused();
    timer.runDue();
    assertThat(source.asked).hasSize(1);

    source.answer(listing("T"));
    list.refused();
    timer.runDue();
    assertThat(source.asked).as("the minute has not begun").hasSize(2);
  }

  @Test
  void refused_timerStopped_doesNothing() {
    startWith(listing("T"));
    timer.rejectTasks(true);

    list.refused();

    assertThat(source.asked).hasSize(1);
  }

  @Test
  void refresh_asksOnceForAllWhoWait() {
    CompletableFuture<Optional<FetchedTemplates>> first = list.refresh();
    CompletableFuture<Optional<FetchedTemplates>> second = list.refresh();

    assertThat(source.asked).hasSize(1);
    assertThat(first).isNotDone();
    first.cancel(false);
    source.answer(listing("T"));

    assertThat(done(second).orElseThrow().all()).extracting(Template::id).containsExactly("T");
  }

  @Test
  void refresh_joinsTheFetchInTheBackground() {
    list.start();
    timer.runDue();

    CompletableFuture<Optional<FetchedTemplates>> refreshed = list.refresh();
    assertThat(source.asked).hasSize(1);
    source.answer(listing("T"));

    assertThat(done(refreshed)).isPresent();
    assertThat(list.refresh()).as("it did not count as a refresh").isNotDone();
  }

  @Test
  void refresh_withinFiveSeconds_givesTheLastList() {
    var unused = list.refresh();
    source.answer(listing("T1"));

    clock.advance(TemplateList.BETWEEN_REFRESHES.minusMillis(1));
    assertThat(done(list.refresh()).orElseThrow().all())
        .extracting(Template::id)
        .containsExactly("T1");
    assertThat(source.asked).hasSize(1);

    clock.advance(Duration.ofMillis(1));
    CompletableFuture<Optional<FetchedTemplates>> again = list.refresh();
    assertThat(source.asked).hasSize(2);
    source.answer(listing("T2"));
    assertThat(done(again).orElseThrow().all()).extracting(Template::id).containsExactly("T2");
  }

  @Test
  void refresh_thatFails_givesTheLastListOrNone() {
    CompletableFuture<Optional<FetchedTemplates>> first = list.refresh();
    source.answer(new Unavailable("why"));
    assertThat(done(first)).isEmpty();
    assertThat(done(list.refresh())).isEmpty();

    clock.advance(TemplateList.BETWEEN_REFRESHES);
    var unused = list.refresh();
    source.answer(listing("T"));
    clock.advance(TemplateList.BETWEEN_REFRESHES);
    CompletableFuture<Optional<FetchedTemplates>> last = list.refresh();
    source.answer(new Unavailable("why"));
    assertThat(done(last)).isPresent();
  }

  @Test
  void close_endsWaiting_andFetchesNoMore() {
    CompletableFuture<Optional<FetchedTemplates>> waiting = list.refresh();
    list.start();

    list.close();

    assertThat(done(waiting)).isEmpty();
    timer.advance(TemplateList.PERIOD);
    list.refused();
    timer.runDue();
    assertThat(done(list.refresh())).isEmpty();
    assertThat(source.asked).hasSize(1);
    assertThat(timer.pending()).isZero();
    source.answer(new Unavailable("the connections were closed"));
    assertThat(heard).as("a stop is no failure").isEmpty();
  }

  @Test
  void listener_thatThrows_harmsNothing() {
    TemplateList other =
        new TemplateList(
            "wx-app",
            source,
            true,
            clock,
            clock.nanos(),
            timer,
            (appId, answer) -> {
              throw new IllegalStateException("fault");
            });
    CompletableFuture<Optional<FetchedTemplates>> refreshed = other.refresh();

    source.answer(listing("T"));

    assertThat(done(refreshed)).isPresent();
  }
}
