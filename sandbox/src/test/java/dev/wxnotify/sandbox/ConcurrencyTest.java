package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {

  private static final int THREADS = 16;
  private static final int EACH = 50;

  private Sandbox sandbox;
  private SandboxClient client;

  @BeforeEach
  void start() throws Exception {
    sandbox = Sandbox.start();
    client = new SandboxClient(sandbox);
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private static <T> List<T> together(Callable<T> task) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(THREADS);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        futures.add(
            threads.submit(
                () -> {
                  barrier.await();
                  return task.call();
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void stableToken_askedByMany_isOne() throws Exception {
    Set<String> tokens = new HashSet<>(together(client::stableToken));

    assertThat(tokens).hasSize(1);
    assertThat(sandbox.state().tokenFetches(APP).stable()).isEqualTo(THREADS);
  }

  @Test
  void sends_toManyOpenIds_areAllAcceptedWithDistinctMsgids() throws Exception {
    String token = client.stableToken();
    List<Integer> refused =
        together(
            () -> {
              String user = "user-" + Thread.currentThread().getId() + "-";
              int bad = 0;
              for (int i = 0; i < EACH; i++) {
                bad += client.sendCode(token, message(user + i)) == 0 ? 0 : 1;
              }
              return bad;
            });

    assertThat(refused).containsOnly(0);
    assertThat(sandbox.messages()).extracting(AcceptedMessage::msgid).doesNotHaveDuplicates();
    assertThat(sandbox.state().sendsAccepted()).isEqualTo(THREADS * EACH);
    assertThat(sandbox.state().mostSendsPerOpenId()).isEqualTo(1);
  }

  @Test
  void sends_allToOneOpenId_areAcceptedOrToldToWait() throws Exception {
    String token = client.stableToken();
    sandbox.addFault(Fault.parse("send:latency=50"));

    List<Integer> codes = together(() -> client.sendCode(token, message("popular")));

    assertThat(codes).contains(0, 43108).containsOnly(0, 43108);
    assertThat(sandbox.state().mostSendsPerOpenId()).isGreaterThan(1);
    assertThat(sandbox.state().sends(43108)).isEqualTo(sandbox.state().overlappingSends());
    sandbox.clearFaults();
    assertThat(client.sendCode(token, message("popular"))).isZero();
  }

  @Test
  void lastCredit_wantedByMany_goesToOne() throws Exception {
    String token = client.stableToken();
    sandbox.subscribe(
        Subscription.oneTime(APP, "popular", SandboxTemplates.SECKILL_TEMPLATE_ID, 1));

    List<Integer> codes = together(() -> client.sendCode(token, message("popular")));

    assertThat(codes).filteredOn(code -> code == 0).hasSize(1);
    assertThat(codes).containsAnyOf(43101, 43108);
  }
}
