package dev.wxnotify.server;

import dev.wxnotify.files.Secret;
import dev.wxnotify.server.config.ConfigWatch;
import dev.wxnotify.server.config.Configuration;
import dev.wxnotify.server.config.ServerSettings;
import dev.wxnotify.server.config.WatchedFiles;
import dev.wxnotify.server.delivery.Admission;
import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.AppAccount;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.delivery.DeliveryListener;
import dev.wxnotify.server.delivery.InMemoryOutcomeLedger;
import dev.wxnotify.server.delivery.MessageSender;
import dev.wxnotify.server.delivery.OutcomeLedger;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.delivery.RecentFailures;
import dev.wxnotify.server.delivery.RetryPolicy;
import dev.wxnotify.server.delivery.TemplateRefusals;
import dev.wxnotify.server.grpc.GrpcServer;
import dev.wxnotify.server.grpc.JournalPorts;
import dev.wxnotify.server.grpc.Tls;
import dev.wxnotify.server.journal.Journal;
import dev.wxnotify.server.metrics.MonitoringServer;
import dev.wxnotify.server.metrics.ServerMeters;
import dev.wxnotify.server.netty.EventLoops;
import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.pages.AppState;
import dev.wxnotify.server.pages.ConsoleSources;
import dev.wxnotify.server.pages.ServerState;
import dev.wxnotify.server.push.PushApps;
import dev.wxnotify.server.push.PushServer;
import dev.wxnotify.server.redis.RedisLink;
import dev.wxnotify.server.redis.RedisOutcomeLedger;
import dev.wxnotify.server.tracing.Tracing;
import dev.wxnotify.server.tracing.TracingSettings;
import dev.wxnotify.server.wechat.WeChatApi;
import dev.wxnotify.server.wechat.WeChatAppAccount;
import dev.wxnotify.server.wechat.WeChatEndpoints;
import dev.wxnotify.server.wechat.WeChatErrcodeExplanations;
import dev.wxnotify.server.wechat.WeChatMessageGateway;
import io.grpc.ServerInterceptor;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The whole server: the one place where its parts are made and put together.
 *
 * <p>It is long because each part is made in one statement, in the order in which they are closed.
 */
final class NotificationServer implements AutoCloseable {
  /**
   * One in this many messages in flight is kept for single calls in any case. Batches leave more of
   * them alone, since they take no more than they can use.
   */
  private static final int RESERVED_IN_FLIGHT = 4;

  /**
   * For one in this many connections batches may have a message in flight that is not on one: while
   * its request id is claimed, or the message before it is being answered. So what comes before a
   * connection may take a quarter of the time that WeChat takes, and all connections are busy.
   */
  private static final int AHEAD = 4;

  /**
   * One in this many connections is kept for single calls. They go first anyway, so that this is
   * for the time when what batches have under way does not move; it is little, since batches could
   * make use of every one.
   */
  private static final int RESERVED_CONNECTIONS = 64;

  /**
   * How long the start waits for Redis, so that a fleet that starts at once shares its first token.
   */
  private static final Duration REDIS_PATIENCE = Duration.ofSeconds(2);

  /** How long the start waits for the journal, so that the first call finds it open. */
  private static final Duration JOURNAL_PATIENCE = Duration.ofSeconds(2);

  /** How soon a file that changed is noticed; after two looks. */
  private static final Duration FILES_INTERVAL = Duration.ofSeconds(1);

  /** A claim in the ledger outlasts the attempt that it covers by this. */
  private static final Duration ATTEMPT_SLACK = Duration.ofSeconds(2);

  /** How often gRPC's health follows what {@code /readyz} says. */
  private static final Duration HEALTH_INTERVAL = Duration.ofMillis(500);

  /** How long the last outcomes may take to be stored when the connections to WeChat are closed. */
  private static final Duration LAST_STORES = Duration.ofSeconds(2);

  /** What there is a bounded number of, in metrics and in the console. */
  private static final String IN_FLIGHT = "in_flight";

  private static final String CONNECTIONS = "wechat_connections";

  private static final Duration LOOK_AT_LAST = Duration.ofMillis(10);

  private static final Duration LOOPS_QUIET = Duration.ofMillis(50);

  private static final Duration LOOPS_END = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(NotificationServer.class);

  private final ServerSettings settings;
  private final Opened opened = new Opened();
  private final ScheduledThreadPoolExecutor timer;
  private final EventLoopGroup loops;
  private final WeChatEndpoints endpoints;
  private final @Nullable RedisLink redis;
  private final @Nullable RedisOutcomeLedger shared;
  private final Journal journal;
  private final Admission delivery;
  private final WatchedFiles files;
  private final Apps apps = new Apps(List.of(), null);
  private final ServerMeters meters;
  private final Readiness readiness;
  private final MonitoringServer monitoring;
  private final PushServer push;
  private final GrpcServer grpc;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Makes the parts of a server without traces; nothing runs yet. */
  NotificationServer(ServerSettings settings) {
    this(settings, null);
  }

  /** Makes the parts of a server whose apps and callers follow the file of its configuration. */
  NotificationServer(Configuration configuration, @Nullable TracingSettings traces) {
    this(configuration.settings(), traces, configuration);
  }

  /** Makes the parts of a server whose configuration does not change; nothing runs yet. */
  NotificationServer(ServerSettings settings, @Nullable TracingSettings traces) {
    this(settings, traces, null);
  }

  /**
   * Makes the parts; nothing runs yet. Where one cannot be made, those before it are closed.
   *
   * @param traces null for none
   * @param followed whose file is read again when it changes; null for none
   * @throws IllegalArgumentException if the settings of the traces are wrong
   */
  private NotificationServer(
      ServerSettings settings, @Nullable TracingSettings traces, @Nullable Configuration followed) {
    InstantSource clock = InstantSource.system();
    this.settings = settings;
    try {
      Tracing tracing = traces == null ? null : opened.add(tracing(traces));
      this.loops = opened.add(loops(settings.transport()), NotificationServer::end);
      this.timer = opened.add(timer(), ScheduledThreadPoolExecutor::shutdownNow);
      this.redis = settings.redis() == null ? null : opened.add(redis(settings.redis(), timer));
      this.meters = opened.add(new ServerMeters(ImplementationVersion.version(), List.of(), clock));
      this.journal = opened.add(journal(settings, clock));
      opened.add(this, NotificationServer::storeLastOutcomes); // After WeChat's end, before theirs.
      this.endpoints = opened.add(new WeChatEndpoints(settings.weChat(), loops));
      this.files = opened.add(files(settings, endpoints));
      WeChatApi api = new WeChatApi(endpoints);
      TokenSources tokens =
          opened.add(
              new TokenSources(
                  settings,
                  endpoints,
                  redis,
                  loops,
                  clock,
                  timer,
                  () -> ThreadLocalRandom.current().nextDouble(),
                  meters.tokenListener()));
      this.readiness = new Readiness(apps, clock);
      RecentFailures failures = new RecentFailures(clock);
      RunningApps running =
          opened.add(
              new RunningApps(
                  apps,
                  new AppFactory(
                      tokens,
                      endpoints,
                      api,
                      settings.checksTemplates(),
                      clock,
                      timer,
                      meters.templateListener()),
                  files,
                  new RunningApps.Observers(meters, readiness, failures),
                  timer));
      var ignored = running.use(settings.apps(), app -> {});
      ConsoleWiring console = opened.add(new ConsoleWiring(settings, meters, clock, timer));
      this.monitoring = opened.add(console.monitoring(readiness, meters));
      PushApps pushApps = new PushApps();
      RunningPush runningPush = new RunningPush(pushApps, files, meters::watchPushes);
      runningPush.use(settings.apps());
      this.push =
          opened.add(
              new PushServer(
                  settings.push(),
                  pushApps,
                  journal,
                  meters.pushListener(),
                  clock,
                  Transport.of(loops)));
      readiness.watch("push", pushApps::trouble);
      int mostConnections = settings.weChat().maxConnections();
      Permits connections =
          new Permits(mostConnections, Math.max(1, mostConnections / RESERVED_CONNECTIONS));
      Permits inFlight = inFlight(settings.maxInFlight(), mostConnections);
      MessageSender sender =
          new MessageSender(
              new WeChatMessageGateway(endpoints),
              connections,
              new RetryPolicy(() -> ThreadLocalRandom.current().nextDouble()),
              clock,
              System::nanoTime,
              loops,
              listeners(meters, readiness, failures, journal, tracing));
      OutcomeLedger own = ledger();
      this.shared = redis == null ? null : shared(redis, own);
      this.delivery =
          new Admission(
              inFlight,
              shared == null ? own : shared,
              journal.subscriptionCheck(),
              sender,
              settings.weChat().requestTimeout().plus(ATTEMPT_SLACK));
      this.grpc =
          opened.add(
              new GrpcServer(
                  settings.grpc(),
                  apps,
                  delivery,
                  new GrpcServer.Operations(
                      new WeChatErrcodeExplanations(), failures, accounts(api), clock),
                  new JournalPorts(journal, journal, journal, journal, push.intake()),
                  meters.tokenListener(),
                  timer,
                  loops,
                  observers(meters, tracing)));
      watch(inFlight, connections);
      LiveChanges changes =
          new LiveChanges(running, runningPush, apps, grpc, settings.grpc().callers());
      Consumer<ConfigWatch.Result> reloads = reloads(meters);
      ConfigWatch watch =
          followed == null ? null : ConfigWatch.of(followed, files, changes, reloads).orElse(null);
      if (watch != null) {
        readiness.watch("configuration file", watch::trouble);
      }
      console.connect(
          new ConsoleSources(
              ImplementationVersion.version(),
              clock.instant(),
              clock,
              apps,
              readiness,
              failures,
              new WeChatErrcodeExplanations(),
              journal,
              journal,
              journal,
              journal,
              console.history(),
              settings.tokenCallsPerHour(),
              Map.of(IN_FLIGHT, inFlight, CONNECTIONS, connections),
              new ConsoleSources.Parts(
                  this::redisState,
                  this::journalState,
                  this::pushAddress,
                  appId ->
                      Optional.ofNullable(pushApps.state(appId)).map(NotificationServer::pushState),
                  () -> console.configuration(followed, watch),
                  () -> appNames(followed, watch))),
          grpc.callerTokens());
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  private static Tracing tracing(TracingSettings traces) {
    return Tracing.start(traces, GrpcServer.TRACE, ImplementationVersion.version());
  }

  private static RedisLink redis(RedisLink.Settings settings, ScheduledThreadPoolExecutor timer) {
    return new RedisLink(settings, timer);
  }

  /** Once no connection has done anything for a moment: some close in several steps. */
  private static void end(EventLoopGroup loops) {
    loops
        .shutdownGracefully(LOOPS_QUIET.toMillis(), LOOPS_END.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly();
  }

  private static EventLoopGroup loops(@Nullable Transport transport) {
    return transport == null ? EventLoops.makeBest() : EventLoops.make(transport);
  }

  private static List<DeliveryListener> listeners(
      ServerMeters meters,
      Readiness readiness,
      RecentFailures failures,
      Journal journal,
      @Nullable Tracing tracing) {
    List<DeliveryListener> listeners =
        new ArrayList<>(
            List.of(
                meters.deliveryListener(),
                readiness,
                failures,
                new TemplateRefusals(),
                journal.deliveryListener()));
    if (tracing != null) {
      listeners.add(tracing.deliveryListener());
    }
    return listeners;
  }

  private static List<ServerInterceptor> observers(ServerMeters meters, @Nullable Tracing tracing) {
    return tracing == null
        ? List.of(meters.grpcInterceptor())
        : List.of(meters.grpcInterceptor(), tracing.grpcInterceptor());
  }

  private static Function<App, AppAccount> accounts(WeChatApi api) {
    return app -> new WeChatAppAccount(api, app.appId(), app.tokens());
  }

  /** Shows the parts that tell of nothing by themselves, and are looked at. */
  private void watch(Permits inFlight, Permits connections) {
    meters.watch(readiness);
    meters.watch(IN_FLIGHT, inFlight);
    meters.watch(CONNECTIONS, connections);
    readiness.watch("journal", journal::trouble);
    meters.watchJournal(() -> journal.trouble().isEmpty(), journal::waitingMessages);
  }

  private Optional<ServerState.RedisState> redisState() {
    return redis == null || shared == null
        ? Optional.empty()
        : Optional.of(
            new ServerState.RedisState(
                redis.trouble().orElse(""),
                redis.commandsFailed(),
                shared.unsent(),
                shared.forgotten()));
  }

  private ServerState.JournalState journalState() {
    return new ServerState.JournalState(
        JournalStores.kind(settings.journal()),
        journal.trouble().orElse(""),
        journal.waitingMessages(),
        settings.journal().retention());
  }

  private String pushAddress() {
    InetSocketAddress at = settings.push().address();
    return at == null ? "" : at.getHostString() + ":" + push.port();
  }

  private static AppState.PushState pushState(PushApps.State state) {
    return new AppState.PushState(
        state.path(), state.mode(), state.isKeyWrong(), state.isForwarded());
  }

  private static Map<String, String> appNames(
      @Nullable Configuration started, @Nullable ConfigWatch watch) {
    Configuration used = watch == null ? started : watch.used();
    return used == null ? Map.of() : used.appNames();
  }

  /** Returns what counts changes of the configuration, with a series for each result. */
  private static Consumer<ConfigWatch.Result> reloads(ServerMeters meters) {
    Consumer<String> count =
        meters.countReloads(
            Arrays.stream(ConfigWatch.Result.values()).map(NotificationServer::label).toList());
    return result -> count.accept(label(result));
  }

  private static String label(ConfigWatch.Result result) {
    return result.name().toLowerCase(Locale.ROOT);
  }

  /** Batches hold no more messages in flight than they can use, so that single calls find room. */
  static Permits inFlight(int most, int mostConnections) {
    long used = mostConnections + (long) mostConnections / AHEAD;
    return new Permits(most, (int) Math.max(Math.max(1, most / RESERVED_IN_FLIGHT), most - used));
  }

  private static WatchedFiles files(ServerSettings settings, WeChatEndpoints endpoints) {
    WatchedFiles files = new WatchedFiles(FILES_INTERVAL);
    Tls tls = settings.grpc().tls();
    ServerSettings.TlsFiles at = settings.tlsFiles();
    if (tls != null && at != null) {
      files.watch(
          "the TLS files",
          at.all(),
          contents ->
              tls.update(
                  contents.get(0),
                  contents.get(1),
                  at.clientCa() == null ? null : contents.get(2)));
    }
    Path proxyPassword = settings.proxyPasswordFile();
    if (proxyPassword != null) {
      files.watch(
          "the proxy password",
          List.of(proxyPassword),
          contents -> endpoints.useProxyPassword(Secret.of(contents.get(0))));
    }
    return files;
  }

  private Journal journal(ServerSettings settings, InstantSource clock) {
    return new Journal(
        JournalStores.make(settings.journal(), clock),
        settings.journal().retention(),
        timer,
        meters.journalListener(),
        clock,
        System::nanoTime);
  }

  private OutcomeLedger ledger() {
    InMemoryOutcomeLedger own =
        new InMemoryOutcomeLedger(
            settings.ledgerEntries(), System::nanoTime, redis == null ? Level.WARN : Level.DEBUG);
    meters.watchLedger(own::forgotten);
    return own;
  }

  private RedisOutcomeLedger shared(RedisLink link, OutcomeLedger own) {
    RedisOutcomeLedger ledger = new RedisOutcomeLedger(link, own, settings.ledgerEntries());
    readiness.watch("redis", link::trouble);
    meters.watchRedis(
        () -> link.trouble().isEmpty(), link::commandsFailed, ledger::unsent, ledger::forgotten);
    return ledger;
  }

  /** One thread for everything that is due later; it only ever starts things. */
  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "wxnotify-timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /**
   * Binds the ports, serves, and fetches the tokens, so that the first message does not wait for
   * one. Probes hear that the server is ready when the first token call of each app has ended.
   *
   * @throws IOException if a port cannot be bound; after this or any other failure everything is
   *     closed
   */
  void start() throws IOException, InterruptedException {
    boolean started = false;
    try {
      monitoring.start();
      if (!settings.warmUp().isZero()) {
        WarmUp.run(settings.warmUp(), settings.transport());
      }
      if (redis != null) {
        redis.connect(REDIS_PATIENCE);
      }
      journal.start(JOURNAL_PATIENCE);
      warnOfTokensInClearText();
      grpc.start();
      push.start();
      files.start();
      started = true;
    } finally {
      if (!started) {
        closed.set(true);
        opened.close();
      }
    }
    var ignored =
        CompletableFuture.allOf(
                apps.all().stream()
                    .map(app -> app.tokens().acquire())
                    .toArray(CompletableFuture<?>[]::new))
            .thenRun(this::onStarted);
    apps.all().forEach(app -> app.templates().start());
  }

  /** Says that it is ready, and where. */
  void announce() {
    log.info(
        "ready: gRPC on {}:{}, monitoring on {}:{}, WeChat at {}, {} app(s), sockets by {}{}",
        settings.grpc().address().getHostString(),
        grpc.port(),
        settings.monitoringAddress().getHostString(),
        monitoring.port(),
        settings.weChat().baseUrl().resolve("/"), // A path of a relay may be a secret.
        apps.all().size(),
        Transport.of(loops).label(),
        pushes());
  }

  private String pushes() {
    InetSocketAddress at = settings.push().address();
    return at == null ? "" : ", pushes on " + at.getHostString() + ":" + push.port();
  }

  private void warnOfTokensInClearText() {
    GrpcServer.Settings grpc = settings.grpc();
    if (grpc.tls() == null
        && !grpc.callers().isEmpty()
        && !grpc.address().getAddress().isLoopbackAddress()) {
      log.warn(
          "callers' tokens arrive without TLS: make sure that a proxy in front of this server"
              + " terminates TLS");
    }
  }

  private void onStarted() {
    readiness.started();
    var ignored =
        timer.scheduleWithFixedDelay(
            () -> grpc.setServing(readiness.isReady()),
            0,
            HEALTH_INTERVAL.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Returns the port of monitoring that was bound. */
  int monitoringPort() {
    return monitoring.port();
  }

  /** Returns the port of WeChat's pushes that was bound; -1 for none. */
  int pushPort() {
    return push.port();
  }

  /** Returns the port of gRPC that was bound. */
  int grpcPort() {
    return grpc.port();
  }

  /**
   * Stops: not ready, no new calls, accepted ones finish within the grace period, then everything
   * is closed: what brings outcomes before what stores them.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    Duration grace = settings.grace();
    long end = System.nanoTime() + grace.toNanos();
    readiness.stopping();
    try {
      if (!grpc.stop(grace)) {
        log.warn("stopped with calls in progress: they took longer than {}", grace);
      }
      awaitLastOutcomes(end);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    opened.close();
  }

  /**
   * Waits for answers of WeChat that no caller waits for any more: another replica can repeat what
   * is stored, where it could only say UNKNOWN otherwise. Without Redis nobody would.
   */
  private void awaitLastOutcomes(long end) throws InterruptedException {
    if (shared != null) {
      awaitEndOfAll(delivery, end);
    }
  }

  private static void awaitEndOfAll(Admission delivery, long end) throws InterruptedException {
    while (delivery.inFlight() > 0 && System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(LOOK_AT_LAST.toMillis());
    }
  }

  /**
   * What had no answer when the connections were closed is UNKNOWN, which the ledger stores and the
   * journal writes too.
   */
  private void storeLastOutcomes() throws InterruptedException {
    if (delivery == null) {
      return; // The server could not be made.
    }
    awaitEndOfAll(delivery, System.nanoTime() + LAST_STORES.toNanos());
    if (shared != null) {
      shared.flush(LAST_STORES);
    }
  }
}
