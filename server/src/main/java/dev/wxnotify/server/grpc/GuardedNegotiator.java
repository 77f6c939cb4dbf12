package dev.wxnotify.server.grpc;

import io.grpc.Attributes;
import io.grpc.InternalChannelz;
import io.grpc.ServerCredentials;
import io.grpc.internal.ObjectPool;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.AsciiString;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Sets up each connection as gRPC does, with our guards before its HTTP/2: {@link FrameGuard} and
 * {@link RequestIntake}.
 *
 * <pre>
 *   socket ─▶ TLS, if used ─▶ FrameGuard ─▶ HTTP/2 ─▶ RequestIntake ─▶ gRPC
 * </pre>
 *
 * <p>gRPC leaves such guards to its users. Its {@code Internal…} classes serve this purpose and may
 * change with any version. Their use is confined to this class, and the tests with hostile clients
 * fail if a guard is not in its place.
 */
final class GuardedNegotiator implements InternalProtocolNegotiator.ServerFactory {
  private final InternalProtocolNegotiator.ServerFactory factory;
  private final CallerMemory memory;
  private final ConnectionLimit connections;

  private GuardedNegotiator(
      InternalProtocolNegotiator.ServerFactory factory,
      CallerMemory memory,
      ConnectionLimit connections) {
    this.factory = factory;
    this.memory = memory;
    this.connections = connections;
  }

  /** Returns {@code credentials} whose connections are guarded. */
  static ServerCredentials guard(
      ServerCredentials credentials, CallerMemory memory, ConnectionLimit connections) {
    return InternalNettyServerCredentials.create(
        new GuardedNegotiator(
            InternalNettyServerCredentials.toNegotiator(credentials), memory, connections));
  }

  @Override
  public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator(
      ObjectPool<? extends Executor> offload) {
    InternalProtocolNegotiator.ProtocolNegotiator negotiator = factory.newNegotiator(offload);
    return new InternalProtocolNegotiator.ProtocolNegotiator() {
      @Override
      public AsciiString scheme() {
        return negotiator.scheme();
      }

      @Override
      public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
        return negotiator.newHandler(new Negotiated(http2));
      }

      @Override
      public void close() {
        negotiator.close();
      }
    };
  }

  /**
   * Stands in for the HTTP/2 handler until the negotiator (of TLS, for example) has finished, and
   * then replaces itself with the guards and that handler. It never handles anything itself.
   */
  private final class Negotiated extends GrpcHttp2ConnectionHandler {
    private final GrpcHttp2ConnectionHandler http2;
    private @Nullable ChannelHandlerContext context;

    Negotiated(GrpcHttp2ConnectionHandler http2) {
      super(
          null,
          http2.decoder(),
          http2.encoder(),
          new Http2Settings(),
          http2.getNegotiationLogger());
      this.http2 = http2;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      context = ctx; // No preface is written: the real handler writes it.
    }

    @Override
    public Attributes getEagAttributes() {
      return http2.getEagAttributes();
    }

    @Override
    public void handleProtocolNegotiationCompleted(
        Attributes attributes, InternalChannelz.@Nullable Security security) {
      ChannelHandlerContext ctx = Objects.requireNonNull(context, "added before");
      SharedRoom.Share bytes = memory.requests().open();
      SharedRoom.Share calls = memory.calls().open();
      ctx.channel()
          .closeFuture()
          .addListener(
              closed -> {
                bytes.close();
                calls.close();
              });
      FrameGuard guard =
          new FrameGuard(
              http2,
              System::nanoTime,
              () -> connections.established(ctx.channel()),
              cost -> connections.count(ctx.channel(), cost));
      RequestIntake.install(http2, guard, bytes, calls);
      ctx.pipeline().addBefore(ctx.name(), null, guard);
      ctx.pipeline().replace(this, null, http2);
      http2.handleProtocolNegotiationCompleted(
          attributes.toBuilder().set(FrameGuard.OF_CONNECTION, guard).build(), security);
    }
  }
}
