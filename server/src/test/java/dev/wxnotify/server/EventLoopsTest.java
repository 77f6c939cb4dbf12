package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLoopsTest {
  private final EventLoopGroup loops = EventLoops.make();

  @AfterEach
  void close() {
    var ignored = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void next_onOneOfTheThreads_isThatThread() throws Exception {
    for (EventExecutor loop : loops) {
      EventLoop chosen = loop.submit(() -> loops.next()).get();

      assertThat(chosen).isSameAs(loop);
    }
  }

  @Test
  void next_onAnotherThread_takesTurns() {
    Set<EventLoop> chosen = new HashSet<>();
    for (EventExecutor each : loops) {
      assertThat(each.inEventLoop()).isFalse();
      chosen.add(loops.next());
    }

    assertThat(chosen).hasSize(Runtime.getRuntime().availableProcessors());
  }

  @Test
  void schedule_onOneOfTheThreads_runsThere() throws Exception {
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
