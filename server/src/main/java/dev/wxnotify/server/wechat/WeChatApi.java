package dev.wxnotify.server.wechat;

import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.NoToken;
import dev.wxnotify.server.wechat.WeChatEndpoints.Route;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Calls WeChat's other APIs: everything but messages and tokens. A call is made once, without
 * retries. Create one for a server: it keeps these calls from taking the connections of messages
 * and tokens.
 *
 * <pre>
 *   call ──▶ waits ── fewer than {@link #MAX_CALLS} are made ──▶ made ── its end ──▶ answered,
 *     │                                                                      and the next one is made
 *     └── {@link #MAX_OPEN} are open ──▶ not available
 * </pre>
 *
 * <p>Each call that is made ends within the client's request timeout, so that none waits forever.
 *
 * <p>Concurrency: a call is put into the queue first. Then, and at the end of each call, whoever
 * takes a place ({@link #made}) makes the call that has waited longest. A place that finds no call
 * is given back, and then the queue is looked at once more. No lock is needed.
 */
public final class WeChatApi {
  /** The most calls at once; the client has connections for them beside those of messages. */
  static final int MAX_CALLS = 16;

  /** The most calls that are made or wait. */
  static final int MAX_OPEN = 1024;

  private static final int SERVER_ERROR = 500;

  private final Routes routes;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger made = new AtomicInteger();
  private final ConcurrentLinkedQueue<Call> waiting = new ConcurrentLinkedQueue<>();

  private static final class Call {
    final Route route;
    final byte @Nullable [] json;
    final CompletableFuture<Result> result = new CompletableFuture<>();

    Call(Route route, byte @Nullable [] json) {
      this.route = route;
      this.json = json;
    }
  }

  /** The result of a call. */
  sealed interface Result {}

  /**
   * WeChat answered, if only with an error.
   *
   * @param errcode 0 for success
   * @param errmsg without the rid
   * @param rid empty if there is none
   * @param body the whole answer: one JSON object
   */
  record Answered(int errcode, String errmsg, String rid, AnswerBody body) implements Result {
    boolean isOk() {
      return errcode == 0;
    }
  }

  /**
   * No answer that can be read.
   *
   * @param explanation why, for people; nothing secret is in it
   * @param isWritten whether WeChat may have got the call, and done it
   */
  record NotAvailable(String explanation, boolean isWritten) implements Result {}

  /** There is no token, so that nothing was asked; only from {@link WeChatAppApi}. */
  record WithoutToken(NoToken why) implements Result {}

  /** Calls where the calls of each app go. */
  public WeChatApi(WeChatEndpoints endpoints) {
    this((Routes) endpoints);
  }

  WeChatApi(Routes routes) {
    this.routes = routes;
  }

  /**
   * Gets.
   *
   * @param path begins with a slash
   * @return always completes normally
   */
  CompletionStage<Result> get(String path, AccessToken token) {
    return call(routes.route(path, token, null), null);
  }

  /**
   * Posts.
   *
   * @param path begins with a slash
   * @param json one JSON object in UTF-8
   * @return always completes normally
   */
  CompletionStage<Result> post(String path, byte[] json, AccessToken token) {
    return call(routes.route(path, token, null), json);
  }

  private CompletionStage<Result> call(Route route, byte @Nullable [] json) {
    Call call = new Call(route, json);
    if (open.incrementAndGet() > MAX_OPEN) {
      open.decrementAndGet();
      return CompletableFuture.completedFuture(
          new NotAvailable("too many calls to WeChat are waiting", false));
    }
    waiting.add(call);
    makeNext();
    return call.result;
  }

  private void makeNext() {
    while (takePlace()) {
      Call next = waiting.poll();
      if (next != null) {
        make(next);
      } else {
        made.decrementAndGet();
        if (waiting.isEmpty()) {
          return;
        }
      }
    }
  }

  private boolean takePlace() {
    return made.getAndUpdate(now -> Math.min(now + 1, MAX_CALLS)) < MAX_CALLS;
  }

  private void make(Call call) {
    var ignored =
        call.route
            .call(call.json)
            .whenComplete(
                (result, fault) -> {
                  made.decrementAndGet();
                  open.decrementAndGet();
                  makeNext();
                  call.result.complete(toResult(result));
                });
  }

  private static Result toResult(HttpResult result) {
    if (result instanceof HttpResult.NotWritten not) {
      return new NotAvailable("WeChat could not be reached: " + not.explanation(), false);
    }
    if (result instanceof HttpResult.Broken broken) {
      return new NotAvailable("no answer from WeChat: " + broken.explanation(), true);
    }
    HttpResult.Answered answered = (HttpResult.Answered) result;
    WeChatAnswer answer = answered.answer();
    if (answered.status() >= SERVER_ERROR) {
      return new NotAvailable("WeChat answered HTTP " + answered.status(), true);
    }
    AnswerBody body = answered.body();
    if (answer == null || body == null) {
      return new NotAvailable(
          "WeChat answered HTTP " + answered.status() + " with a body that cannot be read", true);
    }
    return answer.errcode() == null
        ? new NotAvailable("WeChat's answer has no errcode", true)
        : new Answered(answer.errcode(), answer.errmsg(), answer.rid(), body);
  }
}
