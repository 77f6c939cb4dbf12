package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.load.Load.Kind;
import dev.wxnotify.benchmark.load.PushClient;
import dev.wxnotify.benchmark.process.ServerProcess;
import dev.wxnotify.benchmark.process.WorkerProcess;
import dev.wxnotify.benchmark.report.Measurement;
import dev.wxnotify.benchmark.report.Section;
import dev.wxnotify.benchmark.report.Series;
import dev.wxnotify.benchmark.report.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** WeChat's pushes in safe mode, as many as messages go out. */
final class Pushes implements Scenario {
  private static final int PER_SECOND = 2_000;
  private static final int CONNECTIONS = 4;
  private static final double MOST_P99_MICROS = 100_000;

  @Override
  public Section run(Lab lab) throws Exception {
    double seconds = lab.mode().seconds;
    ServerProcess server =
        lab.server(
            "wxnotify with pushes",
            lab.jvmFlags(),
            Map.of(
                "WXNOTIFY_PUSH_PORT", "0",
                "WXNOTIFY_APPS_SHOP_PUSH_TOKEN", PushClient.TOKEN,
                "WXNOTIFY_APPS_SHOP_PUSH_ENCODING_AES_KEY", PushClient.AES_KEY));
    Contestant sends =
        new Contestant(
            "messages alone",
            server,
            lab.caller(server.port()),
            Load.open(CONNECTIONS, PER_SECOND, seconds));
    WorkerProcess weChat = lab.weChatPushes(server);
    Contestant pushes =
        new Contestant("pushes alone", server, weChat, Load.open(0, PER_SECOND, seconds));
    var ignored =
        lab.warmUp(
            List.of(sends.with(sends.path(), Load.closed(Kind.UNARY, CONNECTIONS, 64, 0)), pushes));
    int rounds = lab.mode().rounds;
    List<Series> all = new ArrayList<>(lab.measureInTurns(rounds, List.of(sends, pushes)));
    List<Measurement> sendsBeside = new ArrayList<>();
    List<Measurement> pushesBeside = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      CompletableFuture<Measurement> other =
          CompletableFuture.supplyAsync(
              () -> measure(lab, pushes.with("pushes beside messages", pushes.load())));
      sendsBeside.add(lab.measure(sends.with("messages beside pushes", sends.load())));
      pushesBeside.add(other.get());
    }
    all.add(new Series(sendsBeside, lab.doubt(server)));
    all.add(new Series(pushesBeside, lab.doubt(server)));
    Series beside = all.get(3);
    double p99 = beside.of(Measurement::p99).median();
    return Section.ofSeries(
        "2,000 pushes/s beside 2,000 messages/s",
        "Receipts in safe mode and XML, each of another message, with a journal in memory. Where"
            + " messages and pushes are measured at once, each CPU figure is that of the whole"
            + " server.",
        all,
        List.of(
            Target.of(
                "pushes that were not answered with success",
                "none",
                Long.toString(beside.errors()),
                beside.errors() == 0,
                beside),
            Target.of(
                "p99 of pushes beside messages",
                "below 100 ms",
                String.format(Locale.ROOT, "%.1f ms", p99 / 1e3),
                p99 < MOST_P99_MICROS,
                beside),
            Target.stated(
                "CPU of one push",
                all.get(1).of(Measurement::cpu).show(1) + " µs",
                List.of(all.get(1).doubt()).stream())));
  }

  private static Measurement measure(Lab lab, Contestant contestant) {
    try {
      return lab.measure(contestant);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
