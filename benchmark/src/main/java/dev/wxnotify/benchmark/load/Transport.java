package dev.wxnotify.benchmark.load;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How sockets are read and written; the names are those that the server uses. */
public enum Transport {
  /** Linux's io_uring. */
  IO_URING,
  /** Linux's older interface. */
  EPOLL,
  /** The JDK's own. */
  NIO;

  /** Reads the name that the server prints in its ready line. */
  public static Transport of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /**
   * Returns the transports of the floors for a server on this transport: this one, whose figures
   * count, and epoll if it is a different one and available.
   */
  public List<Transport> andEpoll() {
    return Stream.of(this, EPOLL)
        .filter(each -> each == this || each.isAvailable())
        .distinct()
        .toList();
  }

  /** Returns epoll, or the JDK's transport if epoll is not available. */
  static Transport epollOrNio() {
    return EPOLL.isAvailable() ? EPOLL : NIO;
  }

  private boolean isAvailable() {
    return switch (this) {
      case IO_URING -> IoUring.isAvailable();
      case EPOLL -> Epoll.isAvailable();
      case NIO -> true;
    };
  }

  /** Creates one event loop for each core. */
  MultiThreadIoEventLoopGroup loops() {
    IoHandlerFactory factory =
        switch (this) {
          case IO_URING -> IoUringIoHandler.newFactory();
          case EPOLL -> EpollIoHandler.newFactory();
          case NIO -> NioIoHandler.newFactory();
        };
    return new MultiThreadIoEventLoopGroup(Runtime.getRuntime().availableProcessors(), factory);
  }

  Class<? extends SocketChannel> socket() {
    return switch (this) {
      case IO_URING -> IoUringSocketChannel.class;
      case EPOLL -> EpollSocketChannel.class;
      case NIO -> NioSocketChannel.class;
    };
  }

  Class<? extends ServerSocketChannel> serverSocket() {
    return switch (this) {
      case IO_URING -> IoUringServerSocketChannel.class;
      case EPOLL -> EpollServerSocketChannel.class;
      case NIO -> NioServerSocketChannel.class;
    };
  }

  /** Returns the name that the server uses. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
