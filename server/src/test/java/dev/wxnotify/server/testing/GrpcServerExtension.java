package dev.wxnotify.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.Admission;
import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.delivery.MessageGateway;
import dev.wxnotify.server.delivery.MessageSender;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.RecentFailures;
import dev.wxnotify.server.delivery.RetryPolicy;
import dev.wxnotify.server.delivery.SubscriptionCheck;
import dev.wxnotify.server.grpc.CallerSettings;
import dev.wxnotify.server.grpc.GrpcServer;
import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.token.InMemoryTokenStore;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenCache;
import dev.wxnotify.server.token.TokenListener;
import dev.wxnotify.server.token.TokenPolicy;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceBlockingStub;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceFutureStub;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceStub;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The gRPC edge as the server wires it, on a free port of the loopback address, with a fake WeChat;
 * a new one for each test. A test fails if an answer through {@link #channel} breaks the contract,
 * whatever else the test checks.
 */
public final class GrpcServerExtension implements BeforeEachCallback, AfterEachCallback {
  /** The app of messages without an app id. */
  public static final String APP_ID = "wx0123456789abcdef";

  /** An app that messages must name. */
  public static final String OTHER_APP_ID = "wxfedcba9876543210";

  private static final Duration TOKEN_LIFE = Duration.ofHours(2);
  private static final int TOKEN_CALLS_PER_HOUR = 20;
  private static final long LEDGER_ENTRIES = 100_000;

  private final MessageGateway gateway;
  private final Permits inFlight;
  private final Permits connections;
  private final ConformanceInterceptor conformance = new ConformanceInterceptor();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<TokenCache> tokens = new ArrayList<>();
  private final List<ServerInterceptor> observers = new ArrayList<>();
  private final TestLoops loops = new TestLoops(2);
  private final FakeJournal journal = new FakeJournal();

  private GrpcServer.Settings settings =
      GrpcServer.Settings.anonymous(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private @Nullable FragileTimer timer;
  private @Nullable GrpcServer server;
  private @Nullable Channel channel;

  /** A server with room for everything. */
  public GrpcServerExtension(MessageGateway gateway) {
    this(gateway, new Permits(100_000, 1), new Permits(100_000, 1));
  }

  /**
   * A server.
   *
   * @param inFlight one permit for each message in flight
   * @param connections one permit for each request in flight to WeChat
   */
  public GrpcServerExtension(MessageGateway gateway, Permits inFlight, Permits connections) {
    this.gateway = gateway;
    this.inFlight = inFlight;
    this.connections = connections;
  }

  /** Applies {@code change} to the server's listening settings. */
  public GrpcServerExtension with(UnaryOperator<GrpcServer.Settings> change) {
    settings = change.apply(settings);
    return this;
  }

  /** Lets {@code observer} see every call, from the outside. */
  public GrpcServerExtension observedBy(ServerInterceptor observer) {
    observers.add(observer);
    return this;
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    timer = new FragileTimer();
    App byDefault = app(APP_ID, timer);
    GrpcServer made =
        new GrpcServer(
            settings,
            new Apps(List.of(byDefault, app(OTHER_APP_ID, timer)), byDefault),
            delivery(timer),
            new GrpcServer.Operations(
                errcode -> null,
                new RecentFailures(InstantSource.system()),
                app -> {
                  throw new AssertionError("no test of this server asks for an account");
                },
                InstantSource.system()),
            journal.ports(),
            TokenListener.NONE,
            timer,
            loops.group(),
            observers);
    made.start();
    made.setServing(true);
    server = made;
    channel = ClientInterceptors.intercept(newChannel(), conformance);
  }

  private Admission delivery(FragileTimer timer) {
    return new Admission(
        inFlight,
        TestLedgers.inMemory(LEDGER_ENTRIES, System::nanoTime),
        SubscriptionCheck.NONE,
        new MessageSender(
            gateway,
            connections,
            new RetryPolicy(() -> 0),
            InstantSource.system(),
            System::nanoTime,
            timer,
            List.of()),
        Duration.ofSeconds(5));
  }

  private App app(String appId, FragileTimer timer) {
    TokenCache cache =
        new TokenCache(
            appId,
            mode ->
                CompletableFuture.completedStage(
                    new IssueResult.Issued("token of " + appId, TOKEN_LIFE)),
            new InMemoryTokenStore(InstantSource.system()),
            TokenPolicy.DEFAULT,
            TOKEN_CALLS_PER_HOUR,
            InstantSource.system(),
            timer,
            () -> 0,
            TokenListener.NONE);
    tokens.add(cache);
    return TestApps.app(
        appId,
        cache,
        new SeckillTemplate(
            "pages/seckill/index", "", "thing1", "time2", "thing3", "秒杀活动即将开始,支持一键发布到商店"),
        System::nanoTime,
        timer);
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    List<String> offences = conformance.offences(); // Calls that are cut off below have no answer.
    for (ManagedChannel each : channels) {
      each.shutdownNow();
    }
    for (ManagedChannel each : channels) {
      each.awaitTermination(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    }
    stop();
    loops.close();
    tokens.forEach(TokenCache::close);
    started(timer).shutdownNow();
    assertThat(offences).as("answers that break the contract").isEmpty();
  }

  /** Returns what the server's services of events, messages and subscriptions read and write. */
  public FakeJournal journal() {
    return journal;
  }

  /** Uses other callers from now on, as after a change of the configuration. */
  public void useCallers(List<CallerSettings> callers) {
    started(server).useCallers(callers);
  }

  /** Stops the server like a signal, with a sufficient grace period. */
  public boolean stop() throws InterruptedException {
    return stop(Await.LONGEST);
  }

  /** Stops the server like a signal; returns whether all calls ended within {@code grace}. */
  public boolean stop(Duration grace) throws InterruptedException {
    return started(server).stop(grace);
  }

  /** Begins to stop, and lets accepted calls continue. */
  public CompletableFuture<Boolean> stopInBackground() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return stop();
          } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts this thread", e);
          }
        },
        task -> new Thread(task, "stopping").start());
  }

  /** Returns the event loops that read and write the connections of callers. */
  public EventLoopGroup loops() {
    return loops.group();
  }

  /** Makes every use of the server's timer fail with {@code text} from now on. */
  public void breakTimer(String text) {
    started(timer).fault =
        () -> {
          throw new RejectedExecutionException(text);
        };
  }

  /** Makes every use of the server's timer fail with {@code fault} from now on. */
  public void breakTimer(Error fault) {
    started(timer).fault =
        () -> {
          throw fault;
        };
  }

  /** Makes the server's timer work again. */
  public void repairTimer() {
    started(timer).fault = () -> {};
  }

  /** Returns the port that the server listens on. */
  public int port() {
    return started(server).port();
  }

  /** Returns how many messages are in flight. */
  public int inFlight() {
    return inFlight.used();
  }

  /** Returns a connection whose answers are checked against the contract. */
  public Channel channel() {
    return started(channel);
  }

  /** Returns another connection, with a client's defaults, whose answers are not checked. */
  public ManagedChannel newChannel() {
    return newChannel(NettyChannelBuilder.DEFAULT_FLOW_CONTROL_WINDOW);
  }

  /** Returns another connection that buffers at most {@code window} bytes of a stream. */
  public ManagedChannel newChannel(int window) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
    ManagedChannel made =
        NettyChannelBuilder.forAddress(address).usePlaintext().flowControlWindow(window).build();
    channels.add(made);
    return made;
  }

  /** Returns another connection, which declares its data as gzip and sends it uncompressed. */
  public ManagedChannel newChannelThatPretendsToCompress() {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
    CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
    compressors.register(
        new Compressor() {
          @Override
          public String getMessageEncoding() {
            return "gzip";
          }

          @Override
          public OutputStream compress(OutputStream out) {
            return out;
          }
        });
    ManagedChannel made =
        NettyChannelBuilder.forAddress(address)
            .usePlaintext()
            .compressorRegistry(compressors)
            .build();
    channels.add(made);
    return made;
  }

  /** Returns a stub whose calls wait for their answer. */
  public NotificationServiceBlockingStub blocking() {
    return NotificationServiceGrpc.newBlockingStub(channel());
  }

  /** Returns a stub whose calls do not wait. */
  public NotificationServiceFutureStub future() {
    return NotificationServiceGrpc.newFutureStub(channel());
  }

  /** Returns a stub for streams. */
  public NotificationServiceStub async() {
    return NotificationServiceGrpc.newStub(channel());
  }

  private static <T> T started(@Nullable T part) {
    return Objects.requireNonNull(part, "the server is started before each test");
  }

  /** One thread, like the server's timer, that can be made to fail. */
  private static final class FragileTimer extends ScheduledThreadPoolExecutor {
    private volatile Runnable fault = () -> {};

    FragileTimer() {
      super(
          1,
          task -> {
            Thread thread = new Thread(task, "timer");
            thread.setDaemon(true);
            return thread;
          });
      setRemoveOnCancelPolicy(true);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
      failIfBroken();
      return super.schedule(command, delay, unit);
    }

    @Override
    public <V extends @Nullable Object> ScheduledFuture<V> schedule(
        Callable<V> callable, long delay, TimeUnit unit) {
      failIfBroken();
      return super.schedule(callable, delay, unit);
    }

    private void failIfBroken() {
      fault.run();
    }
  }
}
