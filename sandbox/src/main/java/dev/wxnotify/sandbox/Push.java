package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One push on its way. */
final class Push {

  private final long id;
  private final String appId;
  private final PushContent content;
  private final @Nullable Long msgid;
  private final Map<PushFaultKind, Integer> faults;
  private final long resendOf;
  private final int epoch;

  /** Done after the first attempt, or when there will be none. */
  private final CompletableFuture<Void> tried = new CompletableFuture<>();

  @GuardedBy("this")
  private final List<SandboxPush.Attempt> attempts = new ArrayList<>();

  @GuardedBy("this")
  private SandboxPush.State state = SandboxPush.State.WAITING;

  @GuardedBy("this")
  private @Nullable PushRequest request;

  /**
   * @param msgid the message of a receipt
   * @param request what is posted; null to make it at the first attempt
   * @param resendOf the push that this one repeats; 0 for none
   * @param epoch of the queue that it is for
   */
  Push(
      long id,
      String appId,
      PushContent content,
      @Nullable Long msgid,
      Map<PushFaultKind, Integer> faults,
      @Nullable PushRequest request,
      long resendOf,
      int epoch) {
    this.id = id;
    this.appId = appId;
    this.content = content;
    this.msgid = msgid;
    this.faults = faults;
    this.request = request;
    this.resendOf = resendOf;
    this.epoch = epoch;
  }

  long id() {
    return id;
  }

  int epoch() {
    return epoch;
  }

  String appId() {
    return appId;
  }

  PushContent content() {
    return content;
  }

  @Nullable Long msgid() {
    return msgid;
  }

  Map<PushFaultKind, Integer> faults() {
    return faults;
  }

  boolean has(PushFaultKind fault) {
    return faults.containsKey(fault);
  }

  CompletableFuture<Void> tried() {
    return tried;
  }

  synchronized @Nullable PushRequest request() {
    return request;
  }

  synchronized void request(PushRequest made) {
    request = made;
  }

  synchronized SandboxPush.State state() {
    return state;
  }

  /** How many attempts there were. */
  synchronized int attempts() {
    return attempts.size();
  }

  void attempted(SandboxPush.Attempt attempt) {
    synchronized (this) {
      attempts.add(attempt);
    }
    tried.complete(null);
  }

  void end(SandboxPush.State how) {
    synchronized (this) {
      state = how;
    }
    tried.complete(null);
  }

  synchronized SandboxPush view() {
    PushRequest made = request;
    Instant created = content.createdAt();
    Map<String, String> fields = content.fields();
    return new SandboxPush(
        id,
        appId,
        content.kind(),
        fields.getOrDefault("Event", fields.getOrDefault("MsgType", "")),
        content.openId(),
        msgid,
        faults.keySet().stream().map(PushFaultKind::label).sorted().toList(),
        resendOf,
        created,
        state,
        made == null ? "" : String.valueOf(made.url().getRawQuery()),
        made == null ? "" : made.contentType(),
        made == null ? "" : made.text(),
        made == null ? "" : made.body().text(),
        attempts);
  }
}
