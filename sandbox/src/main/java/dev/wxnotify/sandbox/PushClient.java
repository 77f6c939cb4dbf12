package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Posts pushes over connections that are kept. There is no client, and no thread of it, before the
 * first request.
 */
final class PushClient implements AutoCloseable {

  private static final int THREADS = 2;

  private record Started(HttpClient http, ExecutorService executor) {}

  @GuardedBy("this")
  private @Nullable Started started;

  @GuardedBy("this")
  private boolean closed;

  /** Posts a push. The result fails only if it is cancelled, which ends the request. */
  CompletableFuture<PushReply> post(PushRequest push) {
    return exchange(
        HttpRequest.newBuilder(push.url())
            .header("Content-Type", push.contentType())
            .POST(HttpRequest.BodyPublishers.ofByteArray(push.body().shared()))
            .build());
  }

  /** Asks for the verification of a URL. */
  CompletableFuture<PushReply> get(URI url) {
    return exchange(HttpRequest.newBuilder(url).GET().build());
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (started != null) {
      started.executor().shutdownNow();
      started = null;
    }
  }

  private CompletableFuture<PushReply> exchange(HttpRequest request) {
    HttpClient http = http();
    if (http == null) {
      return CompletableFuture.completedFuture(PushReply.none("closed"));
    }
    CompletableFuture<HttpResponse<byte[]>> sent =
        http.sendAsync(request, unused -> new ShortBody());
    CompletableFuture<PushReply> reply = new CompletableFuture<>();
    var unused =
        sent.whenComplete(
            (response, error) ->
                reply.complete(
                    error == null
                        ? new PushReply(
                            response.statusCode(),
                            new String(response.body(), StandardCharsets.UTF_8))
                        : PushReply.none(reason(error))));
    // Whoever completes the reply has given up, unless the answer did.
    var unusedCancel = reply.whenComplete((done, error) -> sent.cancel(true));
    return reply;
  }

  private synchronized @Nullable HttpClient http() {
    if (closed) {
      return null;
    }
    Started running = started;
    if (running == null) {
      ExecutorService executor =
          Executors.newFixedThreadPool(
              THREADS,
              task -> {
                Thread thread = new Thread(task, "sandbox-push-http");
                thread.setDaemon(true);
                return thread;
              });
      running =
          new Started(
              HttpClient.newBuilder()
                  .version(HttpClient.Version.HTTP_1_1)
                  .proxy(HttpClient.Builder.NO_PROXY)
                  .executor(executor)
                  .build(),
              executor);
      started = running;
    }
    return running.http();
  }

  /** The kind of error is enough: the text may be empty, and differs between JDKs. */
  private static String reason(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause.getClass().getSimpleName();
  }
}
