package dev.wxnotify.server.push;

import dev.wxnotify.server.journal.PushListener;
import dev.wxnotify.server.netty.HttpAnswer;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Passes on the pushes that are not for this server, and hands back what their owner answers.
 * WeChat is answered in any case: with "success" where the owner gives no usable answer, since it
 * would push again with the same result.
 *
 * <p>Concurrency: at most {@link #MOST} pushes of an app wait for their owner, none longer than
 * {@link #PATIENCE}, so that an owner that hangs holds at most 4 MiB for each app; beyond that a
 * push is not passed on. The pushes for this server never come here.
 */
final class Forwarding {
  static final int MOST = 64;
  static final Duration PATIENCE = Duration.ofSeconds(4);

  private static final int OK = 200;
  private static final String USUAL_TYPE = "text/plain; charset=utf-8";
  private static final Pattern TYPE = Pattern.compile("[ -~]{1,128}");

  private final HttpForwarder http;
  private final PushListener listener;
  private final BoundedLog log;
  private final Map<String, Semaphore> free = new ConcurrentHashMap<>();

  Forwarding(HttpForwarder http, PushListener listener, BoundedLog log) {
    this.http = http;
    this.listener = listener;
    this.log = log;
  }

  /** Passes a push on as it came; the stage never fails. */
  CompletionStage<HttpAnswer> pass(
      String appId, URI to, String query, String contentType, byte[] body) {
    Semaphore permits = free.computeIfAbsent(appId, id -> new Semaphore(MOST));
    if (!permits.tryAcquire()) {
      listener.forwarded(appId, PushListener.Forwarding.BUSY);
      log.warn(appId, "a push was not passed on: " + MOST + " others wait for push.forward-url");
      return CompletableFuture.completedFuture(PushRoutes.success());
    }
    CompletableFuture<HttpForwarder.Answer> sent = http.post(to, query, contentType, body);
    return sent.copy()
        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (answer, fault) -> {
              permits.release();
              sent.cancel(true); // Of no effect but after the timeout.
              return answered(appId, answer, fault);
            });
  }

  private HttpAnswer answered(
      String appId, HttpForwarder.@Nullable Answer answer, @Nullable Throwable fault) {
    if (answer == null) {
      boolean isTooLarge = isBecauseOf(HttpForwarder.TooLargeException.class, fault);
      listener.forwarded(
          appId, isTooLarge ? PushListener.Forwarding.REFUSED : PushListener.Forwarding.FAILED);
      log.warn(
          appId, isTooLarge ? "push.forward-url answered with more than 64 KiB" : failure(fault));
      return PushRoutes.success();
    }
    if (answer.status() != OK) {
      listener.forwarded(appId, PushListener.Forwarding.REFUSED);
      log.warn(appId, "push.forward-url answered with another status than 200");
      return PushRoutes.success();
    }
    listener.forwarded(appId, PushListener.Forwarding.ANSWERED);
    return new HttpAnswer(
        HttpResponseStatus.OK,
        TYPE.matcher(answer.contentType()).matches() ? answer.contentType() : USUAL_TYPE,
        Unpooled.wrappedBuffer(answer.body()),
        Map.of(),
        false);
  }

  /** One of a few texts, so that the log knows the kinds; the remedy of each is another one. */
  private static String failure(@Nullable Throwable fault) {
    if (isBecauseOf(SSLException.class, fault)) {
      return "push.forward-url has no TLS, or no certificate that is trusted here";
    }
    if (isBecauseOf(ConnectException.class, fault)) {
      return "push.forward-url could not be reached";
    }
    return isBecauseOf(TimeoutException.class, fault)
            || isBecauseOf(HttpTimeoutException.class, fault)
        ? "push.forward-url gave no answer within " + PATIENCE
        : "push.forward-url gave no whole answer";
  }

  private static boolean isBecauseOf(Class<? extends Throwable> kind, @Nullable Throwable fault) {
    for (Throwable each = fault; each != null; each = each.getCause()) {
      if (kind.isInstance(each)) {
        return true;
      }
    }
    return false;
  }
}
