package dev.wxnotify.server.netty;

import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Answers the requests of an {@link HttpPort}, on its event loop, which must not be blocked. */
public interface HttpRoutes {
  /**
   * Answers a request by its head alone, as where its path is unknown. Its body is not read then.
   *
   * @return null where the body is needed
   */
  @Nullable HttpAnswer answerHead(HttpRequest head);

  /**
   * Answers a request that {@link #answerHead} left open.
   *
   * @param body the whole body; empty for none
   * @return completes on any thread; a failure is answered with 500
   */
  CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body);

  /**
   * Answers a request as the other method does, where it matters who asks.
   *
   * @param peer the address of the client, or of the proxy before it
   */
  default CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body, InetAddress peer) {
    return answer(head, body);
  }
}
