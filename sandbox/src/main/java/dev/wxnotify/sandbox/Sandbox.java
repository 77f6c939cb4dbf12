package dev.wxnotify.sandbox;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * A running fake of WeChat. Point a client of WeChat's API at {@link #baseUrl()}. Everything that
 * this class does can also be done over HTTP under {@code /sandbox/}, a path that WeChat does not
 * have.
 */
public final class Sandbox implements AutoCloseable {

  /** How long a test waits for a message unless it says otherwise. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final FakeWeChat weChat;
  private final Inbox inbox;
  private final HttpServer server;
  private final String host;
  private final ServerAddress address;

  private Sandbox(
      FakeWeChat weChat, Inbox inbox, HttpServer server, String host, ServerAddress address) {
    this.weChat = weChat;
    this.inbox = inbox;
    this.server = server;
    this.host = host;
    this.address = address;
  }

  /** Starts with the defaults on a free port of the loopback address. */
  public static Sandbox start() throws IOException {
    return start(SandboxOptions.defaults());
  }

  /** Starts with the system's clock. */
  public static Sandbox start(SandboxOptions options) throws IOException {
    return start(options, Clock.systemUTC());
  }

  /**
   * Starts with a clock that a test can move. Tokens, quotas and message times follow it; latencies
   * and the times of pushes use real time.
   *
   * @throws IOException if the port cannot be bound
   */
  public static Sandbox start(SandboxOptions options, InstantSource clock) throws IOException {
    return start(options, clock, new PushThread());
  }

  /** Starts with a timer of pushes, whose times are otherwise real. */
  static Sandbox start(SandboxOptions options, InstantSource clock, PushTimer timer)
      throws IOException {
    return start(options, clock, timer, EventStreams.HEARTBEAT);
  }

  /** Starts with a time between the heartbeats of event streams. */
  static Sandbox start(
      SandboxOptions options, InstantSource clock, PushTimer timer, Duration heartbeat)
      throws IOException {
    InboxLog log = new InboxLog(options.kept(), clock);
    FakeWeChat weChat =
        new FakeWeChat(options, clock, new Pushes(options.push(), clock, timer, log), log);
    try {
      weChat.hosting().start();
    } catch (IOException e) {
      throw new IOException("cannot write " + options.hosting().tokenFile(), e);
    }
    Inbox inbox = new Inbox(weChat, heartbeat);
    ServerAddress address = new ServerAddress();
    Front front = Front.of(options, weChat, inbox, address);
    try {
      HttpServer server =
          HttpServer.start(
              options.host(),
              options.port(),
              () -> new EarlyTrouble(weChat.faults()),
              () -> new RequestHandler(front, inbox.streams(), weChat.counters()));
      weChat.pushes().start();
      return new Sandbox(weChat, inbox, server, options.host(), address);
    } catch (IOException e) {
      inbox.close();
      weChat.hosting().close();
      weChat.pushes().close();
      throw e;
    }
  }

  /** The address of this sandbox, without a trailing slash. */
  public URI baseUrl() {
    String name = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + name + ":" + port());
  }

  /** The page that shows the messages. */
  public URI inboxUrl() {
    return baseUrl().resolve("/");
  }

  /**
   * Names the wxnotify server that sends to this sandbox, so that commands on pages are complete.
   *
   * @param grpcurl how a command begins that calls it, like {@code grpcurl -plaintext}
   * @param address like {@code 127.0.0.1:9090}
   */
  public void servedBy(String grpcurl, String address) {
    this.address.set(grpcurl, address);
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  /** What has happened since the start or the last reset. */
  public SandboxState state() {
    return weChat.state();
  }

  /** The last accepted messages, oldest first. */
  public List<AcceptedMessage> messages() {
    return weChat.mailbox().accepted();
  }

  /** The last sends that were read, whatever their result, oldest first. */
  public List<ReceivedSend> received() {
    return weChat.mailbox().received();
  }

  /**
   * Waits at most 10 s until there is a message to a user, also one from before, and returns the
   * newest.
   *
   * @throws AssertionError if there is none; it lists what came instead
   */
  public AcceptedMessage awaitMessageTo(String openId) {
    return awaitMessageTo(openId, PATIENCE);
  }

  /**
   * The same with another time.
   *
   * @param most in real time, whatever the clock
   */
  public AcceptedMessage awaitMessageTo(String openId, Duration most) {
    List<AcceptedMessage> messages = awaitMessagesTo(openId, 1, most);
    return messages.get(messages.size() - 1);
  }

  /**
   * Waits until there are at least {@code count} messages to a user since the start or the last
   * reset, and returns all of them, oldest first.
   *
   * @param count at most as many as the sandbox keeps
   * @throws AssertionError if there are fewer; it lists what came instead
   */
  public List<AcceptedMessage> awaitMessagesTo(String openId, int count, Duration most) {
    return new AwaitedMessages(weChat, inbox.waits()).to(openId, count, most);
  }

  /**
   * A user of the only app.
   *
   * @throws IllegalStateException if there are several
   */
  public SandboxUser user(String openId) {
    Set<String> apps = weChat.tokens().appIds();
    if (apps.size() > 1) {
      throw new IllegalStateException("which of the apps " + apps + "?");
    }
    return user(apps.iterator().next(), openId);
  }

  /** A user of an app. */
  public SandboxUser user(String appId, String openId) {
    if (!weChat.tokens().appIds().contains(appId)) {
      throw new IllegalArgumentException("appId: " + appId + " (unknown)");
    }
    return new SandboxUser(weChat, appId, openId);
  }

  /** Activates a fault. */
  public void addFault(Fault fault) {
    weChat.faults().add(fault);
  }

  /** The faults that may still strike. */
  public List<Fault> faults() {
    return weChat.faults().list();
  }

  /** Ends all faults. */
  public void clearFaults() {
    weChat.faults().clear();
  }

  /** Ends the current tokens of both kinds. Returns how many there were. */
  public int revokeToken(String appId, RevokeMode mode) {
    return weChat.tokens().revoke(appId, null, mode);
  }

  /** Ends the current token of one kind. Returns 0 if there was none. */
  public int revokeToken(String appId, TokenKind kind, RevokeMode mode) {
    return weChat.tokens().revoke(appId, kind, mode);
  }

  /** Writes a new token of the cloud hosting; the old ones stay valid to their end. */
  public void refreshHostingToken() throws IOException {
    weChat.hosting().refresh();
  }

  /** Ends all tokens of the cloud hosting. */
  public void revokeHostingTokens(RevokeMode mode) throws IOException {
    weChat.hosting().revoke(mode);
  }

  /** Sets the ledger's entry for that user and template. */
  public void subscribe(Subscription subscription) {
    weChat.subscribe(subscription);
  }

  /**
   * Sets where the pushes of an app go from now on, as its form in the console of WeChat does, and
   * verifies the URL. Pushes do not wait for that.
   */
  public void pushTo(String appId, PushTarget target) {
    weChat.pushes().pushTo(appId, target);
  }

  /** The last 10,000 pushes, oldest first. */
  public List<SandboxPush> pushes() {
    return weChat.pushes().log().list().stream().map(Push::view).toList();
  }

  /**
   * Activates a fault of pushes.
   *
   * @throws IllegalStateException if there are 100 already
   */
  public void addPushFault(PushFault fault) {
    if (!weChat.pushes().faults().add(fault)) {
      throw new IllegalStateException("there are " + PushFaultBook.MOST + " faults of pushes");
    }
  }

  /**
   * A user accepts templates in a dialog. The ledger gets the credits, and the answer is pushed.
   *
   * @param times how often; each time is pushed
   */
  public void allow(String appId, String openId, List<String> templateIds, int times) {
    weChat
        .users()
        .allow(appId, openId, templateIds, times, UserAnswers.IN_A_PAGE, UserAnswers.ACCEPT, false);
  }

  /** A user turns templates off in the settings: no credits are left, and that is pushed. */
  public void reject(String appId, String openId, List<String> templateIds) {
    weChat.users().rejectInSettings(appId, openId, templateIds);
  }

  /** How many threads and calls wait for messages. */
  int waiting() {
    return inbox.waits().waiting();
  }

  InboxMessages inboxMessages() {
    return weChat.inbox();
  }

  InboxUsers inboxUsers() {
    return weChat.inboxUsers();
  }

  InboxTokens inboxTokens() {
    return weChat.inboxTokens();
  }

  /**
   * Resets messages, counts, quotas, ledger, pushes and faults to their initial state. Tokens stay
   * valid, so that a running client does not notice.
   */
  public void reset() {
    weChat.reset();
  }

  /** Closes the port and all connections. */
  @Override
  public void close() {
    server.close();
    inbox.close();
    weChat.hosting().close();
    weChat.pushes().close();
  }
}
