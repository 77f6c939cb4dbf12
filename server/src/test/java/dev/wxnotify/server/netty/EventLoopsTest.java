package dev.wxnotify.server.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventLoopsTest {
  private final List<EventLoopGroup> made = new ArrayList<>();

  @AfterEach
  void close() {
    for (EventLoopGroup each : made) {
      var ignored = each.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private EventLoopGroup make(Transport transport) {
    assumeThat(transport.whyNot()).isNull();
    EventLoopGroup loops = EventLoops.make(transport);
    made.add(loops);
    return loops;
  }

  @ParameterizedTest
  @EnumSource
  void make_aCertainTransport_isThatOne(Transport transport) {
    assertThat(Transport.of(make(transport))).isEqualTo(transport);
  }

  @Test
  void makeBest_isTheFirstThatWorksHere() {
    Transport first =
        Transport.IO_URING.whyNot() == null
            ? Transport.IO_URING
            : Transport.EPOLL.whyNot() == null ? Transport.EPOLL : Transport.NIO;

    EventLoopGroup loops = EventLoops.makeBest();
    made.add(loops);
    assertThat(Transport.of(loops)).isEqualTo(first);
  }

  @ParameterizedTest
  @EnumSource
  void next_onOneOfTheThreads_isThatThread(Transport transport) throws Exception {
    EventLoopGroup loops = make(transport);

    for (EventExecutor loop : loops) {
      EventLoop chosen = loop.submit(() -> loops.next()).get();

      assertThat(chosen).isSameAs(loop);
    }
  }

  @ParameterizedTest
  @EnumSource
  void next_onAnotherThread_takesTurns(Transport transport) {
    EventLoopGroup loops = make(transport);
    Set<EventLoop> chosen = new HashSet<>();

    for (EventExecutor each : loops) {
      assertThat(each.inEventLoop()).isFalse();
      chosen.add(loops.next());
    }

    assertThat(chosen).hasSize(Runtime.getRuntime().availableProcessors());
  }

  @ParameterizedTest
  @EnumSource
  void schedule_onOneOfTheThreads_runsThere(Transport transport) throws Exception {
    EventLoopGroup loops = make(transport);
    EventLoop loop = loops.next();
    Thread thread = loop.submit(Thread::currentThread).get();

    CompletableFuture<Thread> later = new CompletableFuture<>();
    loop.execute(
        () -> {
          var ignored =
              loops.schedule(
                  () -> later.complete(Thread.currentThread()), 1, TimeUnit.MILLISECONDS);
        });

    assertThat(later.get()).isSameAs(thread);
  }
}
