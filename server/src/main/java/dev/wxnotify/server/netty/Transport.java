package dev.wxnotify.server.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the operating system handles many sockets at once. The event loops of one transport serve
 * only channels of the types that it names here.
 */
public enum Transport {
  /** Linux's rings: one system call for reads and writes of many sockets. */
  IO_URING,
  /** Linux too: one system call for each read and each write. */
  EPOLL,
  /** The JDK's selectors, which every operating system has. */
  NIO;

  /** Returns the transport of these event loops. */
  public static Transport of(EventLoopGroup loops) {
    if (loops instanceof IoEventLoopGroup group) {
      if (group.isIoType(IoUringIoHandler.class)) {
        return IO_URING;
      }
      if (group.isIoType(EpollIoHandler.class)) {
        return EPOLL;
      }
    }
    return NIO;
  }

  /** Returns why this machine does not support the transport; null if it does. */
  public @Nullable String whyNot() {
    Throwable cause =
        switch (this) {
          case IO_URING -> IoUring.unavailabilityCause();
          case EPOLL -> Epoll.unavailabilityCause();
          case NIO -> null;
        };
    return cause == null ? null : rootOf(cause).toString();
  }

  private static Throwable rootOf(Throwable fault) {
    Throwable root = fault;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** Returns the factory for the part of an event loop that calls the operating system. */
  public IoHandlerFactory handlers() {
    return switch (this) {
      case IO_URING -> IoUringIoHandler.newFactory();
      case EPOLL -> EpollIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  /** Returns the type of listening channels. */
  public Class<? extends ServerChannel> serverChannel() {
    return switch (this) {
      case IO_URING -> IoUringServerSocketChannel.class;
      case EPOLL -> EpollServerSocketChannel.class;
      case NIO -> NioServerSocketChannel.class;
    };
  }

  /** Returns the type of connecting channels. */
  public Class<? extends SocketChannel> socketChannel() {
    return switch (this) {
      case IO_URING -> IoUringSocketChannel.class;
      case EPOLL -> EpollSocketChannel.class;
      case NIO -> NioSocketChannel.class;
    };
  }

  /** Returns the type of datagram channels. */
  public Class<? extends DatagramChannel> datagramChannel() {
    return switch (this) {
      case IO_URING -> IoUringDatagramChannel.class;
      case EPOLL -> EpollDatagramChannel.class;
      case NIO -> NioDatagramChannel.class;
    };
  }

  /** Returns the name that the configuration and the log use. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
