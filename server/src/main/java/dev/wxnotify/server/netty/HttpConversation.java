package dev.wxnotify.server.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one connection, one after the other. It is long because HTTP from strangers has
 * many ends: each state below bounds what the client may do in it.
 *
 * <pre>
 *   WAITING ─▶ RECEIVING ─▶ ANSWERING ─▶ WRITING ─▶ WAITING …
 *   idle       receive      answer       receive        (the limit that ends each state)
 *   closed     408          503          closed
 *                                           └─▶ CLOSING: the answer was the last one; what still
 *                                               arrives is read and dropped for a moment, since
 *                                               closing at once would take the answer away
 * </pre>
 *
 * <p>An answer that stays open has the state STREAMING, until the connection is closed: see {@link
 * Streaming}. The client has nothing to say then; what it sends closes the connection.
 *
 * <p>Nothing is read from the socket while a request is answered: requests that arrive meanwhile
 * wait in the decoder and in the kernel, so that answers come in the order of the requests.
 *
 * <p>Concurrency: runs on the event loop of the port; an answer that comes from elsewhere is
 * brought there.
 */
final class HttpConversation extends ChannelInboundHandlerAdapter {
  private static final Duration LINGER = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(HttpConversation.class);

  private final HttpPort.Limits limits;
  private final HttpRoutes routes;
  private final Connections connections;
  private final BodyRoom room;

  private @Nullable ChannelHandlerContext context;
  private State state = State.WAITING;
  private @Nullable HttpRequest head;
  private ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private int roomTaken;

  /** Rises with each request, so that an answer that comes too late is not that of the next one. */
  private long request;

  private @Nullable Future<?> deadline;
  private boolean isReceiving;

  /** What the decoder has made of the last read; nothing is read while there is something. */
  private final Deque<Object> decoded = new ArrayDeque<>();

  private boolean isDraining;
  private @Nullable Streaming streaming;

  private enum State {
    WAITING,
    RECEIVING,
    ANSWERING,
    WRITING,
    STREAMING,
    CLOSING
  }

  HttpConversation(
      HttpPort.Limits limits, HttpRoutes routes, Connections connections, BodyRoom room) {
    this.limits = limits;
    this.routes = routes;
    this.connections = connections;
    this.room = room;
  }

  /** Returns what notices the first byte of a request, before there is anything to decode. */
  ChannelHandler arrivals() {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext before, Object bytes) {
        if (state == State.WAITING) {
          beginToReceive();
        }
        before.fireChannelRead(bytes);
      }
    };
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    context = active;
    waitForRequest();
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not active");
    }
    return context;
  }

  private void waitForRequest() {
    state = State.WAITING;
    head = null;
    isReceiving = false;
    connections.waits(context().channel());
    endAfter(limits.idle(), this::close);
    drain();
    readIfWilling();
  }

  private void beginToReceive() {
    if (!isReceiving) {
      isReceiving = true;
      endAfter(limits.receive(), () -> refuse(HttpResponseStatus.REQUEST_TIMEOUT));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext unused, Object message) {
    decoded.add(message);
    drain();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext unused) {
    readIfWilling();
  }

  /** In a loop, and not in the step that made it willing: so no stack grows with the messages. */
  private void drain() {
    if (isDraining) {
      return;
    }
    isDraining = true;
    try {
      while (isWilling() && !decoded.isEmpty()) {
        Object message = decoded.remove();
        try {
          take(message);
        } finally {
          ReferenceCountUtil.release(message);
        }
      }
    } finally {
      isDraining = false;
    }
  }

  private boolean isWilling() {
    return switch (state) {
      case WAITING, RECEIVING, STREAMING, CLOSING -> true;
      case ANSWERING, WRITING -> false;
    };
  }

  /** Asks the socket for more only when all that came from it before is used. */
  private void readIfWilling() {
    if (isWilling() && decoded.isEmpty()) {
      context().read();
    }
  }

  private void take(Object message) {
    if (state == State.STREAMING) {
      close();
      return;
    }
    if (message instanceof HttpRequest begun && state == State.WAITING) {
      receive(begun);
    }
    if (message instanceof HttpContent content && state == State.RECEIVING) {
      receive(content);
    }
    // Else it is the end of a request that was answered by its head, or comes after the last one.
  }

  private void receive(HttpRequest begun) {
    state = State.RECEIVING;
    head = begun;
    request++;
    beginToReceive();
    if (begun.decoderResult().isFailure()) {
      refuse(statusOf(begun.decoderResult().cause()));
      return;
    }
    if (isEndUnsure(begun)) {
      refuse(HttpResponseStatus.BAD_REQUEST);
      return;
    }
    HttpAnswer early = answerHead(begun);
    if (early != null) {
      write(hasBody(begun) ? early.last() : early);
    } else if (HttpUtil.getContentLength(begun, 0L) > limits.maxBody()) {
      refuse(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
    } else if (HttpUtil.is100ContinueExpected(begun)) {
      var ignored =
          context()
              .writeAndFlush(
                  new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    } else if (begun.headers().contains(HttpHeaderNames.EXPECT)
        && begun.protocolVersion().isKeepAliveDefault()) {
      refuse(HttpResponseStatus.EXPECTATION_FAILED);
    }
  }

  /**
   * Tells whether a proxy in front may see another end of this request than the decoder does, which
   * knows no coding but chunks, and gives some requests a body whose length no header tells.
   */
  private static boolean isEndUnsure(HttpRequest begun) {
    List<String> codings = begun.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    return codings.isEmpty()
        ? !begun.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
            && HttpUtil.getContentLength(begun, 0L) != 0
        : codings.size() > 1
            || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.get(0).strip());
  }

  private static HttpResponseStatus statusOf(Throwable fault) {
    if (fault instanceof TooLongHttpLineException) {
      return HttpResponseStatus.REQUEST_URI_TOO_LONG;
    }
    return fault instanceof TooLongFrameException
        ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        : HttpResponseStatus.BAD_REQUEST;
  }

  private static boolean hasBody(HttpRequest begun) {
    return HttpUtil.isTransferEncodingChunked(begun) || HttpUtil.getContentLength(begun, 0L) > 0;
  }

  private @Nullable HttpAnswer answerHead(HttpRequest begun) {
    try {
      return routes.answerHead(begun);
    } catch (RuntimeException e) {
      log.error("a request could not be answered", e);
      return HttpAnswer.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "see the log\n");
    }
  }

  private void receive(HttpContent content) {
    ByteBuf bytes = content.content();
    if (content.decoderResult().isFailure()) {
      refuse(HttpResponseStatus.BAD_REQUEST);
    } else if (body.size() + bytes.readableBytes() > limits.maxBody()) {
      refuse(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
    } else if (!room.take(bytes.readableBytes())) {
      refuse(HttpResponseStatus.SERVICE_UNAVAILABLE);
    } else {
      roomTaken += bytes.readableBytes();
      append(bytes);
      if (content instanceof LastHttpContent) {
        answer();
      }
    }
  }

  private void append(ByteBuf bytes) {
    byte[] copy = new byte[bytes.readableBytes()];
    bytes.getBytes(bytes.readerIndex(), copy);
    body.writeBytes(copy);
  }

  private void answer() {
    state = State.ANSWERING;
    connections.works(context().channel());
    endAfter(limits.answer(), () -> refuse(HttpResponseStatus.SERVICE_UNAVAILABLE));
    long mine = request;
    HttpRequest asked = head;
    if (asked == null) {
      throw new IllegalStateException("no request");
    }
    InetAddress peer = peer();
    if (peer == null) {
      close();
      return;
    }
    byte[] whole = body.toByteArray();
    body = new ByteArrayOutputStream(0);
    try {
      routes
          .answer(asked, whole, peer)
          .whenComplete((answer, fault) -> onLoop(() -> answered(mine, answer, fault)));
    } catch (RuntimeException e) {
      answered(mine, null, e);
    }
  }

  /** Returns the address of the client; null if it is gone already. */
  private @Nullable InetAddress peer() {
    InetSocketAddress address = ((SocketChannel) context().channel()).remoteAddress();
    return address == null ? null : address.getAddress();
  }

  private void onLoop(Runnable step) {
    if (context().executor().inEventLoop()) {
      step.run();
      return;
    }
    try {
      context().executor().execute(step);
    } catch (RejectedExecutionException e) {
      log.debug("the port is closed already");
    }
  }

  private void answered(long which, @Nullable HttpAnswer answer, @Nullable Throwable fault) {
    if (which != request || state != State.ANSWERING) {
      return; // It came too late, and the client has another one.
    }
    if (answer == null) {
      log.error("a request could not be answered", fault);
      write(HttpAnswer.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "see the log\n"));
    } else {
      write(answer);
    }
  }

  /** Answers with a status alone, and closes the connection. */
  private void refuse(HttpResponseStatus status) {
    write(HttpAnswer.text(status, status.reasonPhrase() + "\n").last());
  }

  private void write(HttpAnswer answer) {
    HttpStream stream = answer.stream();
    if (stream != null && head != null && !head.method().equals(HttpMethod.HEAD)) {
      stream(answer, stream, head);
      return;
    }
    state = State.WRITING;
    forgetBody();
    connections.waits(context().channel());
    endAfter(limits.receive(), this::close);
    HttpRequest asked = head;
    boolean staysOpen =
        !answer.isLast() && !connections.areEnding() && asked != null && mayStayOpen(asked);
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), answer.body());
    if (!answer.status().equals(HttpResponseStatus.NOT_MODIFIED)) { // It would be the body's.
      response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().readableBytes());
    }
    setHeaders(response, answer, staysOpen);
    ChannelFuture written = context().writeAndFlush(response);
    written.addListener(
        done -> {
          if (!done.isSuccess()) {
            close();
          } else if (staysOpen) {
            onLoop(this::waitForRequest);
          } else {
            linger();
          }
        });
  }

  private static void setHeaders(HttpResponse response, HttpAnswer answer, boolean staysOpen) {
    if (!answer.contentType().isEmpty()) {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
    }
    response
        .headers()
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set("x-content-type-options", "nosniff");
    answer.headers().forEach(response.headers()::set);
    response
        .headers()
        .set(
            HttpHeaderNames.CONNECTION,
            staysOpen ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
  }

  /** Ends with the connection: a stream is the last answer. */
  private void stream(HttpAnswer answer, HttpStream stream, HttpRequest asked) {
    if (!connections.streams(context().channel())) {
      write(
          HttpAnswer.text(
                  HttpResponseStatus.SERVICE_UNAVAILABLE,
                  "too many streams are open (at most " + limits.streams().most() + ")\n")
              .last());
      return;
    }
    state = State.STREAMING;
    forgetBody();
    cancelDeadline();
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, answer.status());
    setHeaders(response, answer, false);
    HttpUtil.setTransferEncodingChunked(
        response, asked.protocolVersion().isKeepAliveDefault()); // 1.0 knows no chunks.
    Streaming begun = new Streaming(context(), limits.streams());
    streaming = begun;
    begun.begin(response, stream);
    drain();
    readIfWilling();
  }

  /**
   * A request in chunks is the last of its connection: a proxy in front of this server and the
   * server itself may disagree where such a request ends, and the next one must not be what one of
   * them takes for a part of this one.
   */
  private static boolean mayStayOpen(HttpRequest asked) {
    return HttpUtil.isKeepAlive(asked)
        && !HttpUtil.isTransferEncodingChunked(asked)
        && asked.protocolVersion().majorVersion() == 1;
  }

  private void linger() {
    state = State.CLOSING;
    endAfter(LINGER, this::close);
    var ignored = ((SocketChannel) context().channel()).shutdownOutput();
    drain();
    readIfWilling();
  }

  private void forgetBody() {
    room.giveBack(roomTaken);
    roomTaken = 0;
    body = new ByteArrayOutputStream(0);
  }

  private void endAfter(Duration time, Runnable end) {
    cancelDeadline();
    deadline = context().executor().schedule(end, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  private void close() {
    var ignored = context().close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    state = State.CLOSING;
    cancelDeadline();
    forgetBody();
    if (streaming != null) {
      streaming.gone();
    }
    decoded.forEach(ReferenceCountUtil::release);
    decoded.clear();
    inactive.fireChannelInactive();
  }

  /** A client that is gone, or speaks no HTTP; what it said is of no interest. */
  @Override
  public void exceptionCaught(ChannelHandlerContext failed, Throwable fault) {
    log.debug("a connection failed: {}", fault.toString());
    var ignored = failed.close();
  }
}
