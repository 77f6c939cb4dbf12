package dev.wxnotify.sandbox;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;

/** Faults on a connection before a request has been read. */
final class EarlyTrouble extends ChannelInboundHandlerAdapter {

  /** A request to answer as soon as its headers are read. */
  static final class HeadersOnly extends DefaultFullHttpRequest {

    private HeadersOnly(HttpRequest request) {
      super(
          request.protocolVersion(),
          request.method(),
          request.uri(),
          Unpooled.EMPTY_BUFFER,
          request.headers(),
          EmptyHttpHeaders.INSTANCE);
    }
  }

  private final FaultBook faults;
  private boolean droppingBody;

  EarlyTrouble(FaultBook faults) {
    this.faults = faults;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.fireChannelActive();
    if (faults.strikesConnection()) {
      var unused = Wire.write(ctx, Unpooled.wrappedBuffer(StrayAnswer.bytes()));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      droppingBody = strikesHeaders(request);
      ctx.fireChannelRead(droppingBody ? new HeadersOnly(request) : request);
    } else if (droppingBody) {
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private boolean strikesHeaders(HttpRequest request) {
    return request.decoderResult().isSuccess()
        && SandboxEndpoint.byPath(RequestHandler.target(request).path())
            .filter(faults::strikesHeaders)
            .isPresent();
  }
}
