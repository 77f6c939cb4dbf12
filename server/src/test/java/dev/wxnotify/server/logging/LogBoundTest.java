package dev.wxnotify.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogBoundTest {
  private final FakeScheduler timer = new FakeScheduler(new FakeClock());
  private final LoggerContext context = new LoggerContext();
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();
  private final Logger grpc = context.getLogger("io.grpc.netty.NettyServerHandler");

  @BeforeEach
  void start() {
    LogBound bound = new LogBound(timer);
    bound.start();
    context.addTurboFilter(bound);
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    written.start();
    root.addAppender(written);
  }

  @Test
  void lines_beyondTheBound_areCounted() {
    for (int i = 0; i < 1_000; i++) {
      grpc.warn("broken by {}", i);
    }
    assertThat(written.list).hasSize(LogBound.LINES);

    timer.advance(LogBound.WINDOW);

    assertThat(lines())
        .hasSize(LogBound.LINES + 1)
        .endsWith((1_000 - LogBound.LINES) + " more of the same kind within 10 s");
  }

  @Test
  void stackTraces_beyondTheFirst_areCounted() {
    for (int i = 0; i < 100; i++) {
      grpc.warn("broken", new IllegalStateException());
    }
    timer.advance(LogBound.TRACE_WINDOW);

    assertThat(lines()).containsExactly("broken", "99 more of the same kind within 60 s");
  }

  @Test
  void window_thatIsOver_beginsAnew() {
    grpc.warn("one");
    timer.advance(LogBound.WINDOW);
    grpc.warn("two");
    timer.advance(LogBound.WINDOW);

    assertThat(lines()).containsExactly("one", "two");
  }

  @Test
  void otherKinds_haveBoundsOfTheirOwn() {
    for (int i = 0; i < 100; i++) {
      grpc.warn("broken");
    }
    grpc.error("another level");
    context.getLogger("io.netty.channel.DefaultChannelPipeline").warn("another logger");

    assertThat(lines()).hasSize(LogBound.LINES + 2);
  }

  @Test
  void messages_areNotBoundedHere() {
    Logger outcomes = context.getLogger("dev.wxnotify.server.delivery.OutcomeLog");
    for (int i = 0; i < 100; i++) {
      outcomes.info("message rejected");
    }

    assertThat(written.list).hasSize(100);
  }

  @Test
  void linesOfNoImportance_areNeitherWrittenNorCounted() {
    for (int i = 0; i < 100; i++) {
      grpc.debug("detail");
    }
    timer.advance(LogBound.WINDOW);

    assertThat(written.list).isEmpty();
  }

  private List<String> lines() {
    return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
