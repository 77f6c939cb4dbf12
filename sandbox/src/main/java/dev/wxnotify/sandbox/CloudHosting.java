package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WeChat's cloud hosting: writes the token file that every container has, changes it from time to
 * time, and knows the app of a call that has such a token, or none at all.
 */
final class CloudHosting implements AutoCloseable {

  static final String PARAMETER = "cloudbase_access_token";

  /** Marks an answer that came by the open interface. */
  static final String SEQUENCE_HEADER = "x-openapi-seqid";

  private static final Logger log = LoggerFactory.getLogger(CloudHosting.class);
  private static final String FROM_APP = "from_appid";

  /** Older tokens are forgotten, and then count as never issued. */
  private static final int REMEMBERED = 1_000;

  private final HostingRules rules;
  private final String appId;
  private final Set<String> appIds;
  private final InstantSource clock;
  private final InboxLog events;
  private final TokenMint mint = new TokenMint();
  private final AtomicLong sequence = new AtomicLong(1);

  @GuardedBy("this")
  private final Map<String, IssuedToken> issued = new LinkedHashMap<>();

  @GuardedBy("this")
  private boolean closed;

  private @Nullable ScheduledExecutorService timer;

  /**
   * @param appId the app of the environment
   * @param appIds all apps, one of which a call may name instead
   */
  CloudHosting(
      HostingRules rules, String appId, Set<String> appIds, InstantSource clock, InboxLog events) {
    this.rules = rules;
    this.appId = appId;
    this.appIds = appIds;
    this.clock = clock;
    this.events = events;
  }

  /** Writes the first token, if there is a file, and changes it from then on. */
  void start() throws IOException {
    if (rules.tokenFile() == null) {
      return;
    }
    refresh();
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "sandbox-hosting");
              thread.setDaemon(true);
              return thread;
            });
    long nanos = rules.refresh().toNanos();
    var unused =
        started.scheduleAtFixedRate(this::refreshOrLog, nanos, nanos, TimeUnit.NANOSECONDS);
    timer = started;
  }

  /** True if there is a token file. */
  boolean hasFile() {
    return rules.tokenFile() != null;
  }

  /**
   * Writes a new token; the old ones stay valid to their end. After {@link #close}, it does
   * nothing.
   */
  synchronized void refresh() throws IOException {
    Path file = rules.tokenFile();
    if (file == null) {
      throw new IllegalStateException("the sandbox has no token file");
    }
    if (closed) {
      return;
    }
    Instant now = clock.instant();
    IssuedToken token = new IssuedToken(mint.next(), appId, now.plus(rules.ttl()));
    issued.put(token.value(), token);
    if (issued.size() > REMEMBERED) {
      issued.remove(issued.keySet().iterator().next());
    }
    // A reader sees the old token or the new one, never half of it.
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(whole, token.value() + "\n");
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    changed(InboxEvent.TokenChanged.ISSUED);
  }

  /**
   * Ends all tokens. {@link RevokeMode#SUPERSEDED} writes a new one, {@link RevokeMode#DEAD} leaves
   * the dead one in the file until the next refresh.
   */
  synchronized void revoke(RevokeMode mode) throws IOException {
    Instant now = clock.instant();
    issued.values().forEach(token -> token.endAt(now));
    changed(ControlFields.lower(mode));
    if (mode == RevokeMode.SUPERSEDED) {
      refresh();
    }
  }

  /** True if the call shows by itself that it comes from the hosting. */
  boolean concerns(Call call) {
    return (hasFile() && call.has(PARAMETER)) || isOpenTo(call);
  }

  /** True if the call needs no token. */
  boolean isOpenTo(Call call) {
    return rules.openInterface() && !call.has(PARAMETER) && !call.has(Tokens.PARAMETER);
  }

  /** The app of such a call: that of the environment, unless the call names another. */
  String appOf(Call call) throws Refused {
    if (call.has(PARAMETER)) {
      check(String.valueOf(call.parameter(PARAMETER)));
    }
    String from = call.parameter(FROM_APP);
    if (from == null || from.isEmpty()) {
      return appId;
    }
    if (!appIds.contains(from)) {
      throw new Refused(ErrorTexts.INVALID_APP_ID);
    }
    return from;
  }

  /** What marks the answer to a call that needs no token. */
  String nextSequence() {
    return Long.toHexString(clock.millis()) + "-" + sequence.getAndIncrement();
  }

  /** Waits for a refresh under way: who closes the sandbox may delete the directory then. */
  @Override
  public synchronized void close() {
    closed = true;
    if (timer != null) {
      timer.shutdownNow();
    }
  }

  private synchronized void check(String value) throws Refused {
    IssuedToken token = issued.get(value);
    if (token == null) {
      throw new Refused(ErrorTexts.INVALID_CREDENTIAL);
    }
    token.check(clock.instant());
  }

  private void changed(String how) {
    events.add(
        (number, time) ->
            new InboxEvent.TokenChanged(
                number, time, appId, InboxEvent.TokenChanged.CLOUDBASE, how));
  }

  private void refreshOrLog() {
    try {
      refresh();
    } catch (IOException e) {
      log.warn("cannot write the hosting's token file", e);
    }
  }
}
