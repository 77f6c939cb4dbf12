package dev.wxnotify.server.wechat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.asynchttpclient.AsyncHandler;
import org.asynchttpclient.HttpResponseBodyPart;
import org.asynchttpclient.HttpResponseStatus;
import org.asynchttpclient.netty.request.NettyRequest;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Whether a failure came before or after the request was written is
 * decided by {@link #written} alone, which is set right before the first byte; an exception's class
 * says nothing of that.
 *
 * <p>Concurrency: the client calls the methods of an answer one at a time, but its timer may end
 * the exchange while another thread is about to write. The lock makes these two exclusive:
 * whichever comes first, the result and the gate say the same.
 */
final class ExchangeHandler implements AsyncHandler<@Nullable Void> {
  /** WeChat's answers have some hundred bytes. */
  static final int MAX_ANSWER = 64 * 1024;

  private static final int USUAL_ANSWER = 256;

  private final BooleanSupplier gate;
  private final CompletableFuture<HttpResult> result = new CompletableFuture<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(USUAL_ANSWER);

  @GuardedBy("this")
  private boolean written;

  @GuardedBy("this")
  private boolean ended;

  private int status;
  private boolean tooLarge;

  ExchangeHandler(BooleanSupplier gate) {
    this.gate = gate;
  }

  CompletableFuture<HttpResult> result() {
    return result;
  }

  /** Called right before the request is written to the connection; throwing prevents that. */
  @Override
  public void onRequestSend(NettyRequest request) {
    if (request.getHttpRequest().method().equals(HttpMethod.CONNECT)) {
      return; // To the proxy: WeChat sees nothing of it.
    }
    beginWriting();
  }

  /** Passes the gate, or throws. */
  synchronized void beginWriting() {
    if (ended || !gate.getAsBoolean()) {
      throw new NotWantedException();
    }
    written = true;
  }

  /** Ends the exchange and tells whether the request was written; from now on it never is. */
  private synchronized boolean endWritten() {
    ended = true;
    return written;
  }

  @Override
  public State onStatusReceived(HttpResponseStatus responseStatus) {
    status = responseStatus.getStatusCode();
    return State.CONTINUE;
  }

  @Override
  public State onHeadersReceived(HttpHeaders headers) {
    return State.CONTINUE;
  }

  @Override
  public State onBodyPartReceived(HttpResponseBodyPart part) {
    if (body.size() + part.length() > MAX_ANSWER) {
      tooLarge = true;
      return State.ABORT;
    }
    body.writeBytes(part.getBodyPartBytes());
    return State.CONTINUE;
  }

  @Override
  public @Nullable Void onCompleted() {
    if (!endWritten()) {
      result.complete(new HttpResult.NotWritten("the proxy answered HTTP " + status));
    } else if (tooLarge) {
      result.complete(new HttpResult.Broken("the answer has more than " + MAX_ANSWER + " bytes"));
    } else {
      result.complete(new HttpResult.Answered(status, WeChatAnswer.read(body.toByteArray())));
    }
    return null;
  }

  @Override
  public void onThrowable(Throwable fault) {
    result.complete(
        endWritten()
            ? new HttpResult.Broken(explain(fault))
            : new HttpResult.NotWritten(explain(fault)));
  }

  /** Texts of other exceptions might hold the address, and with it the token. */
  private static String explain(Throwable fault) {
    if (fault instanceof ConnectException
        || fault instanceof UnknownHostException
        || fault instanceof SSLException) {
      return fault.getClass().getSimpleName() + ": " + fault.getMessage();
    }
    if (fault instanceof TimeoutException) {
      return "no answer in time";
    }
    if (fault instanceof NotWantedException) {
      return "given up before it was written";
    }
    if (fault instanceof IOException) {
      return "the connection broke"; // Its class depends on the transport, and says no more.
    }
    return "the connection failed (" + fault.getClass().getSimpleName() + ")";
  }

  /** The message was given up in the last moment. */
  private static final class NotWantedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotWantedException() {
      super("given up", null, false, false);
    }
  }
}
