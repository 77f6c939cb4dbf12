package dev.wxnotify.server.push;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Posts to the owner of other pushes, by the JDK's client: this is far from the way of messages,
 * and the client to WeChat is for one host and answers of WeChat's form. It is made when the first
 * push is passed on; most servers never need it.
 *
 * <p>Concurrency: the client's own threads do what may block, the look-up of names among it. Two
 * clients may be made at the same time; one of them is used.
 */
final class HttpForwarder {
  /** The longest answer that is handed back, in bytes. */
  static final int MAX_ANSWER = 64 * 1024;

  private final AtomicReference<@Nullable HttpClient> client = new AtomicReference<>();

  /** An answer. */
  record Answer(int status, String contentType, ByteBuffer body) {}

  /** The answer is longer than {@link #MAX_ANSWER}. */
  static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLargeException(String message) {
      super(message, null, false, false);
    }
  }

  /** Posts a body; to cancel the future gives the connection up. */
  CompletableFuture<Answer> post(URI to, String query, String contentType, byte[] body) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(query.isEmpty() ? to : URI.create(to + "?" + query))
              .timeout(Forwarding.PATIENCE)
              .POST(BodyPublishers.ofByteArray(body));
      if (!contentType.isEmpty()) {
        request.header("content-type", contentType);
      }
      CompletableFuture<java.net.http.HttpResponse<byte[]>> sent =
          client().sendAsync(request.build(), head -> new BoundedBody());
      CompletableFuture<Answer> answer =
          sent.thenApply(
              response ->
                  new Answer(
                      response.statusCode(),
                      response.headers().firstValue("content-type").orElse(""),
                      ByteBuffer.wrap(response.body())));
      var ignored =
          answer.whenComplete(
              (result, fault) -> {
                if (answer.isCancelled()) {
                  sent.cancel(true);
                }
              });
      return answer;
    } catch (RuntimeException e) { // The query, or the header, cannot be sent.
      return CompletableFuture.failedFuture(e);
    }
  }

  private HttpClient client() {
    HttpClient made = client.get();
    if (made != null) {
      return made;
    }
    HttpClient fresh =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(Forwarding.PATIENCE)
            .build();
    HttpClient other = client.compareAndExchange(null, fresh);
    return other == null ? fresh : other;
  }

  /** Collects a body until it is too long. */
  private static final class BoundedBody implements BodySubscriber<byte[]> {
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Flow.@Nullable Subscription subscription;

    @Override
    public CompletionStage<byte[]> getBody() {
      return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription begun) {
      subscription = begun;
      begun.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
      for (ByteBuffer part : parts) {
        if (whole.isDone()) {
          return;
        }
        if (bytes.size() + part.remaining() > MAX_ANSWER) {
          if (subscription != null) {
            subscription.cancel();
          }
          whole.completeExceptionally(new TooLargeException("the answer is too large"));
          return;
        }
        byte[] copy = new byte[part.remaining()];
        part.get(copy);
        bytes.writeBytes(copy);
      }
    }

    @Override
    public void onError(Throwable fault) {
      whole.completeExceptionally(fault);
    }

    @Override
    public void onComplete() {
      whole.complete(bytes.toByteArray());
    }
  }
}
