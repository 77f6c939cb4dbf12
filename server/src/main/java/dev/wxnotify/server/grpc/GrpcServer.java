package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.Admission;
import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.AppAccount;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.delivery.ErrcodeExplanations;
import dev.wxnotify.server.delivery.RecentFailures;
import dev.wxnotify.server.delivery.Trace;
import dev.wxnotify.server.token.TokenListener;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.OperationsServiceGrpc;
import dev.wxnotify.v1.TemplateServiceGrpc;
import dev.wxnotify.v1.TokenServiceGrpc;
import io.grpc.Context;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The listening server: the service of the contract, health and reflection, on the direct executor.
 */
public final class GrpcServer implements AutoCloseable {
  /** The largest request, as defined by the contract. */
  static final int MAX_REQUEST = 256 * 1024;

  /** The trace that the current call belongs to. */
  public static final Context.Key<Trace> TRACE =
      Context.keyWithDefault("wxnotify-trace", Trace.NONE);

  /**
   * The part of the grace period after which unfinished calls are given up; the rest is for their
   * answers.
   */
  private static final double GIVES_UP_AFTER = 0.8;

  /** How long connections may take to close after the last answer. */
  private static final Duration LINGER = Duration.ofMillis(300);

  private final HealthStatusManager health = new HealthStatusManager();
  private final OpenCalls calls = new OpenCalls();
  private final NotificationGrpcService service;
  private final WaitingAnswers waiting = new WaitingAnswers();
  private final TokenGrpcService tokens;
  private final JournalServices journal;
  private final @Nullable Callers callers;
  private final Acceptor acceptor;
  private final Server server;

  /**
   * How to listen, and for which callers.
   *
   * @param reflection whether callers may request the contract
   * @param tls null for plaintext
   * @param callers the configured callers; without any, and without client certificates, no
   *     credentials are required
   * @param allowAnonymous whether callers without credentials may send
   * @param allowAnonymousTokens whether they may have access tokens, where only this machine can
   *     connect
   * @param connections the bounds of connections
   */
  public record Settings(
      InetSocketAddress address,
      boolean reflection,
      @Nullable Tls tls,
      List<CallerSettings> callers,
      boolean allowAnonymous,
      boolean allowAnonymousTokens,
      ConnectionSettings connections) {

    /** Settings of a server that gives no access tokens to callers without credentials. */
    public Settings(
        InetSocketAddress address,
        boolean reflection,
        @Nullable Tls tls,
        List<CallerSettings> callers,
        boolean allowAnonymous,
        ConnectionSettings connections) {
      this(address, reflection, tls, callers, allowAnonymous, false, connections);
    }

    /** The default: plaintext, without credentials. */
    public static Settings anonymous(InetSocketAddress address) {
      return new Settings(address, true, null, List.of(), false, ConnectionSettings.DEFAULT);
    }

    /** No credentials are required, and only this machine can connect. */
    private boolean isForThisMachine() {
      return !asksForCredentials() && address.getAddress().isLoopbackAddress();
    }

    private boolean asksForCredentials() {
      return !callers.isEmpty() || (tls != null && tls.asksForCertificates());
    }
  }

  /**
   * What the operator's service shows, in addition to the apps.
   *
   * @param accounts asks WeChat about an app's account
   * @param clock the time of day
   */
  public record Operations(
      ErrcodeExplanations errcodes,
      RecentFailures failures,
      Function<App, AppAccount> accounts,
      InstantSource clock) {}

  /**
   * Builds the server; {@link #start} binds it.
   *
   * @param operations what the operator's service shows
   * @param ports what the services of events, messages and subscriptions read and write
   * @param tokenListener hears who gets access tokens
   * @param timer runs delayed tasks
   * @param loops read and write the connections; they are not closed with the server
   * @param observers see all calls as their callers do, and change nothing
   */
  public GrpcServer(
      Settings settings,
      Apps apps,
      Admission delivery,
      Operations operations,
      JournalPorts ports,
      TokenListener tokenListener,
      ScheduledExecutorService timer,
      EventLoopGroup loops,
      List<ServerInterceptor> observers) {
    this.service = new NotificationGrpcService(delivery, new RequestMapper(apps), timer);
    OperationsGrpcService operator =
        new OperationsGrpcService(
            apps,
            operations.errcodes,
            operations.failures,
            operations.accounts,
            operations.clock,
            waiting);
    this.tokens = new TokenGrpcService(apps, tokenListener, operations.clock, timer);
    boolean open = settings.isForThisMachine();
    this.journal = new JournalServices(apps, ports, waiting, open, operations.clock, timer);
    this.callers = settings.asksForCredentials() ? new Callers(settings.callers(), timer) : null;
    Authenticator authenticator =
        callers == null ? null : new Authenticator(callers, settings.allowAnonymous());
    CallerMemory memory = CallerMemory.ofThisProcess();
    ConnectionLimit limit = new ConnectionLimit(settings.connections().mostOfThisProcess());
    UnreadAnswers unreadAnswers = new UnreadAnswers(memory.answers());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                settings.address(),
                GuardedNegotiator.guard(credentials(settings.tls()), memory, limit))
            .directExecutor()
            .decompressorRegistry(LazyGzip.registry())
            .addTransportFilter(unreadAnswers)
            .intercept(unreadAnswers)
            .maxInboundMessageSize(MAX_REQUEST)
            .addService(UnparsedMessages.of(service))
            .addService(
                ServerInterceptors.intercept(
                    UnparsedMessages.of(operator), new OperatorsOnly(open)))
            .addService(UnparsedMessages.of(new TemplateGrpcService(apps, waiting)))
            .addService(
                ServerInterceptors.intercept(
                    UnparsedMessages.of(tokens),
                    new TokenRight(open && settings.allowAnonymousTokens())))
            .addServices(journal.definitions(authenticator))
            .addStreamTracerFactory(calls)
            .addService(UnparsedMessages.of(health.getHealthService()))
            .fallbackHandlerRegistry(new UnknownMethods());
    settings.connections().applyTo(builder);
    if (settings.reflection()) {
      ErrorDetailsReflection.addTo(builder);
    }
    if (authenticator != null) {
      builder.intercept(authenticator).addTransportFilter(new ClientCertificates());
    }
    builder.intercept(new ErrorInterceptor()).intercept(new TraceParent());
    observers.forEach(builder::intercept); // The last one is the outermost.
    this.acceptor = new Acceptor(loops); // Last, since it must be closed again.
    acceptor.applyTo(builder, limit);
    this.server = builder.build();
  }

  private static ServerCredentials credentials(@Nullable Tls tls) {
    return tls == null ? InsecureServerCredentials.create() : tls.credentials();
  }

  /** Binds the port and serves; health reports SERVING only after {@link #setServing}. */
  public void start() throws IOException {
    setServing(false);
    health.setStatus(OperationsServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
    health.setStatus(TemplateServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
    health.setStatus(TokenServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
    JournalServices.NAMES.forEach(name -> health.setStatus(name, ServingStatus.SERVING));
    server.start();
  }

  /** Sets whether health reports that calls should be sent here. */
  public void setServing(boolean serving) {
    ServingStatus status = serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    health.setStatus(NotificationServiceGrpc.SERVICE_NAME, status);
  }

  /**
   * Uses other callers from now on: all of them, or all but none. Calls that have begun go on with
   * the caller that they began with, except watches.
   *
   * @throws IllegalStateException if there were none before and are some now, or the reverse: that
   *     decides who must show credentials
   */
  public void useCallers(List<CallerSettings> settings) {
    if (callers != null) {
      callers.use(settings);
      journal.callersChanged();
    } else if (!settings.isEmpty()) {
      throw new IllegalStateException("the server was started without callers");
    }
  }

  /** Returns what finds the callers of the moment by their tokens. */
  public CallerTokens callerTokens() {
    return new CallerTokens(callers);
  }

  /** Returns the bound port. */
  public int port() {
    return server.getPort();
  }

  /**
   * Stops: immediately reports not healthy and accepts no new calls; accepted calls finish within
   * {@code grace}. Watches end at once. Streams read no more and end with a summary of what they
   * read. Messages in progress near the end of the grace are answered with what is known about
   * them. The stop ends with the last answer, whatever callers do with their connections.
   *
   * @return whether all calls ended within the grace, except those whose callers do not read
   */
  public boolean stop(Duration grace) throws InterruptedException {
    long now = System.nanoTime();
    health.enterTerminalState();
    server.shutdown();
    service.stop();
    journal.stop();
    OpenCalls.End end = awaitAnswers(now + (long) (grace.toNanos() * GIVES_UP_AFTER));
    service.giveUp();
    waiting.giveUp();
    tokens.giveUp();
    if (end == OpenCalls.End.LATE) {
      end = awaitAnswers(now + grace.toNanos());
    }
    server.shutdownNow();
    acceptor.close();
    return end != OpenCalls.End.LATE;
  }

  /**
   * Waits and checks once more, since a call may arrive until its connection has received the stop.
   */
  private OpenCalls.End awaitAnswers(long endNanos) throws InterruptedException {
    OpenCalls.End end = calls.await(endNanos, this::isBusy);
    while (end == OpenCalls.End.NONE_OPEN
        && !server.awaitTermination(LINGER.toMillis(), TimeUnit.MILLISECONDS)
        && !calls.areNone()) {
      end = calls.await(endNanos, this::isBusy);
    }
    return end;
  }

  private boolean isBusy() {
    return service.isBusy() || waiting.isBusy() || tokens.isBusy();
  }

  /** Stops everything immediately; also a server that was never started. */
  @Override
  public void close() {
    server.shutdownNow();
    acceptor.close();
  }
}
