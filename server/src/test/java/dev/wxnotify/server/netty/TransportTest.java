package dev.wxnotify.server.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.wxnotify.server.testing.Await;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The end of a connection is seen by each transport, whatever its thread was doing meanwhile. */
class TransportTest {
  private static final byte[] BYTES = {1, 2, 3};

  private final BlockingQueue<Channel> opened = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> faults = new LinkedBlockingQueue<>();

  @Sharable
  private final class Reader extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      LostResets.watch(context.channel());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      opened.add(context.channel());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      received.add(bytes.readableBytes());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable fault) {
      faults.add(fault);
    }
  }

  @ParameterizedTest
  @EnumSource
  void channel_resetRightAfterBytes_isClosed(Transport transport) throws Exception {
    assumeThat(transport.whyNot()).isNull();
    EventLoopGroup loops = EventLoops.make(transport);
    try (ServerSocket peers = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Bootstrap connecting =
          new Bootstrap().group(loops).channel(transport.socketChannel()).handler(new Reader());
      connecting.connect(peers.getLocalSocketAddress()).sync();
      try (Socket peer = peers.accept()) {
        assertEndIsSeen(peer);
      }
    } finally {
      var ignored = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void acceptedChannel_resetRightAfterBytes_isClosed(Transport transport) throws Exception {
    assumeThat(transport.whyNot()).isNull();
    EventLoopGroup loops = EventLoops.make(transport);
    try {
      Channel server =
          new ServerBootstrap()
              .group(loops)
              .channel(transport.serverChannel())
              .childHandler(new Reader())
              .bind(InetAddress.getLoopbackAddress(), 0)
              .sync()
              .channel();
      int port = ((InetSocketAddress) server.localAddress()).getPort();
      try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertEndIsSeen(peer);
      }
    } finally {
      var ignored = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** Both the bytes and the reset are there when the thread of the channel looks. */
  private void assertEndIsSeen(Socket peer) throws Exception {
    Channel channel = opened.take();
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    channel
        .eventLoop()
        .execute(
            () -> {
              busy.countDown();
              awaitUninterruptibly(done);
            });
    busy.await();
    peer.getOutputStream().write(BYTES);
    peer.setSoLinger(true, 0);
    peer.close();
    done.countDown();

    assertThat(channel.closeFuture().await(Await.LONGEST.toMillis())).as("closed").isTrue();
    assertThat(received).containsExactly(BYTES.length);
    assertThat(faults)
        .singleElement()
        .satisfies(fault -> assertThat(fault).hasMessageContaining("reset"));
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
