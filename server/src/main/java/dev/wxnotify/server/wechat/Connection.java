package dev.wxnotify.server.wechat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection to WeChat, with at most one exchange at a time. An answer is given to the exchange
 * that it answers and to no other, whatever comes on the connection:
 *
 * <pre>
 *              use(exchange), gate passed        last byte of the final answer
 *     IDLE ────────────────────────────▶ AWAITING ─────────────────────▶ ANSWERED
 *      ▲  │ bytes: close                   │ 1xx: read past              │ bytes: surplus
 *      │  ▼                                │ 101, nonsense: close        │
 *      │ (closed)                          ▼                             ▼ read complete
 *      │                                (closed)            textbook? ── no ─▶ (closed)
 *      └───────────────────────────────────────────────────────── yes
 * </pre>
 *
 * <p>It is used again only after a textbook answer: HTTP/1.1, status 200, of exact length, a body
 * that WeChat's answers are made of, to a request that was written whole, with nothing before it
 * but {@code 100 Continue} and nothing after it. HTTP/1.1 names no request in an answer, so one
 * thing remains that nothing can tell apart: a perfect answer that follows another perfect one, and
 * is read after the next request was written.
 *
 * <p>Concurrency: all of it runs on the event loop of the channel. No lock is needed, and none is
 * held when an exchange ends and its caller hears of it.
 */
final class Connection extends ChannelInboundHandlerAdapter implements ChannelFutureListener {
  /** More than any server sends before one answer. */
  private static final int MAX_INTERIM_ANSWERS = 16;

  private static final int USUAL_ANSWER = 256;

  private final Channel channel;
  private final ConnectionPool pool;

  /** When it was used last and for how long it may be used, by {@link ConnectionPool#now}. */
  private volatile long idleSince;

  private final long retiresAt;

  /** Replaced after a large answer, so that an idle connection holds little memory. */
  private ByteArrayOutputStream body = new ByteArrayOutputStream(USUAL_ANSWER);

  private @Nullable Exchange exchange;
  private int maxAnswer;
  private boolean requestWritten;
  private boolean answered;
  private boolean textbook;
  private boolean interim;
  private int interimAnswers;
  private int status;

  /**
   * Makes the handler of a channel that is about to connect.
   *
   * @param retiresAt when it is too old to be used again, by {@link ConnectionPool#now}
   */
  Connection(Channel channel, ConnectionPool pool, long retiresAt) {
    this.channel = channel;
    this.pool = pool;
    this.retiresAt = retiresAt;
    this.idleSince = pool.now();
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  boolean isOpen() {
    return channel.isActive();
  }

  /** Tells whether it was idle, or has lived, for too long to be used again. */
  boolean isStale(long now, long idleNanos) {
    return now - idleSince > idleNanos || now - retiresAt > 0;
  }

  void close() {
    var ignored = channel.close();
  }

  /** Writes the request of {@code next} and awaits its answer, unless the gate says no. */
  void use(Exchange next) {
    next.uses(channel);
    String whyNot = next.passGate();
    if (whyNot != null) {
      release(true);
      next.fail(whyNot);
      return;
    }
    exchange = next;
    maxAnswer = next.maxAnswer();
    requestWritten = false;
    answered = false;
    textbook = true;
    interim = false;
    interimAnswers = 0;
    var ignored = channel.writeAndFlush(next.encode(channel.alloc())).addListener(this);
  }

  /** The request was written, or never will be. */
  @Override
  public void operationComplete(ChannelFuture write) {
    if (write.isSuccess()) {
      requestWritten = true;
    } else {
      breakOff(NetworkFault.explain(write.cause()));
    }
  }

  private boolean awaitsAnswer() {
    return exchange != null && !answered;
  }

  /** Bytes came: tells whether they may be part of an answer. */
  boolean takesBytes() {
    textbook &= requestWritten;
    return awaitsAnswer();
  }

  /** Bytes came that are part of no answer. */
  void onSurplus() {
    textbook = false;
    if (exchange == null) {
      close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (!awaitsAnswer()) {
        return; // It was ended by what came before, and the connection is being closed.
      }
      if (message instanceof HttpResponse head) {
        onHead(head);
      }
      if (message instanceof HttpContent content && awaitsAnswer()) {
        onContent(content);
      }
    } catch (IOException e) {
      throw new AssertionError("memory does not fail", e);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void onHead(HttpResponse head) {
    if (head.decoderResult().isFailure()) {
      breakOff("the answer is not valid HTTP");
    } else if (head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      breakOff("the answer switches protocols (HTTP 101)");
    } else if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
      interim = true;
      textbook &= head.status().equals(HttpResponseStatus.CONTINUE);
      if (++interimAnswers > MAX_INTERIM_ANSWERS) {
        breakOff("more than " + MAX_INTERIM_ANSWERS + " interim answers arrived (HTTP 1xx)");
      }
    } else {
      status = head.status().code();
      textbook &= isTextbook(head);
    }
  }

  private static boolean isTextbook(HttpResponse head) {
    return head.status().equals(HttpResponseStatus.OK)
        && head.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && HttpUtil.isKeepAlive(head)
        && isUsualEncoding(head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING));
  }

  private static boolean isUsualEncoding(List<String> encodings) {
    return encodings.isEmpty()
        || (encodings.size() == 1
            && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encodings.get(0)));
  }

  private void onContent(HttpContent content) throws IOException {
    boolean last = content instanceof LastHttpContent;
    if (interim) {
      interim = !last;
    } else if (content.decoderResult().isFailure()) {
      breakOff("the answer is not valid HTTP");
    } else if (body.size() + content.content().readableBytes() > maxAnswer) {
      breakOff("the answer has more than " + maxAnswer + " bytes");
    } else {
      content.content().readBytes(body, content.content().readableBytes());
      answered = last;
    }
  }

  /** All that came with the answer has been looked at: now it is known whether it came alone. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (answered) {
      endAnswered();
    }
  }

  private void endAnswered() {
    if (!requestWritten) {
      breakOff("an answer arrived before the whole request was written");
      return;
    }
    Exchange ended = exchange;
    byte[] bytes = takeBody();
    WeChatAnswer answer = WeChatAnswer.read(bytes);
    exchange = null;
    answered = false;
    release(textbook && answer != null && answer.isUnderstood());
    if (ended != null) {
      ended.answer(status, answer, bytes);
    }
  }

  private byte[] takeBody() {
    byte[] bytes = body.toByteArray();
    clearBody();
    return bytes;
  }

  private void clearBody() {
    if (body.size() > AnswerSize.SMALL.most()) {
      body = new ByteArrayOutputStream(USUAL_ANSWER);
    } else {
      body.reset();
    }
  }

  private void release(boolean reusable) {
    idleSince = pool.now();
    if (reusable && channel.isActive() && idleSince - retiresAt < 0) {
      pool.add(this);
    } else {
      close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (answered) {
      endAnswered();
    }
    breakOff("the connection was lost");
    pool.remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable fault) {
    breakOff(NetworkFault.explain(fault));
  }

  /** Ends the exchange, if there is one, without an answer; nobody uses the connection again. */
  private void breakOff(String explanation) {
    Exchange ended = exchange;
    exchange = null;
    answered = false;
    clearBody();
    close();
    if (ended != null) {
      ended.fail(explanation);
    }
  }
}
