package dev.wxnotify.benchmark.load;

import cn.binarywang.wx.miniapp.api.WxMaService;
import cn.binarywang.wx.miniapp.api.impl.WxMaServiceImpl;
import cn.binarywang.wx.miniapp.bean.WxMaSubscribeMessage;
import cn.binarywang.wx.miniapp.config.impl.WxMaDefaultConfigImpl;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import me.chanjar.weixin.common.error.WxErrorException;
import me.chanjar.weixin.common.util.http.apache.DefaultApacheHttpClientBuilder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The alternative: WxJava's {@code sendSubscribeMsg} inside the caller's own process, on as many
 * threads as messages are in flight.
 */
@Command(name = "wxjava")
public final class WxJavaClient implements Runnable {
  @Option(names = "--port", required = true)
  private int port;

  @Option(names = "--pool", description = "Connections; absent: WxJava's default, 10 for a host.")
  private int pool;

  private final WxMaService service = new WxMaServiceImpl();

  /** The process. */
  public static void main(String[] args) {
    new CommandLine(new WxJavaClient()).execute(args);
  }

  @Override
  public void run() {
    WxMaDefaultConfigImpl config = new WxMaDefaultConfigImpl();
    config.setAppid("wx0123456789abcdef");
    config.setSecret("0123456789abcdef0123456789abcdef");
    config.setApiHostUrl("http://127.0.0.1:" + port);
    if (pool > 0) {
      DefaultApacheHttpClientBuilder builder = DefaultApacheHttpClientBuilder.get();
      builder.setMaxConnPerHost(pool);
      builder.setMaxTotalConn(pool);
      config.setApacheHttpClientBuilder(builder);
    }
    service.setWxMaConfig(config);
    try {
      Worker.serve(0, Load.class, this::run);
    } catch (Exception e) {
      throw new IllegalStateException("the load failed", e);
    }
  }

  private LoadResult run(Load load) throws InterruptedException {
    Tally tally = new Tally();
    Limit limit = new Limit(load);
    AtomicLong next = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(load.inFlight());
    for (int i = 0; i < load.inFlight(); i++) {
      threads.execute(() -> sendUntil(limit, next, tally));
    }
    threads.shutdown();
    if (!threads.awaitTermination(1, TimeUnit.HOURS)) {
      throw new IllegalStateException("WxJava did not finish within an hour");
    }
    return tally.result();
  }

  private void sendUntil(Limit limit, AtomicLong next, Tally tally) {
    while (true) {
      long index = next.getAndIncrement();
      long sentNanos = System.nanoTime();
      if (limit.isReached(index, sentNanos)) {
        return;
      }
      tally.answered(sentNanos, send(Messages.wxJava(index)));
    }
  }

  private String send(WxMaSubscribeMessage message) {
    try {
      service.getMsgService().sendSubscribeMsg(message);
      return "";
    } catch (WxErrorException | RuntimeException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
