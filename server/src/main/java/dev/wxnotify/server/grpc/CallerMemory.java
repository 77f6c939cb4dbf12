package dev.wxnotify.server.grpc;

import io.netty.util.internal.PlatformDependent;

/**
 * What callers can make the server keep, over all connections, as parts of the memory that the
 * process may use. The rest is left for the work itself.
 *
 * @param requests bytes of requests that are unfinished, or not read yet by what handles them
 * @param calls open calls, with their headers
 * @param answers results of streams that their callers do not take
 */
record CallerMemory(SharedRoom requests, SharedRoom calls, SharedRoom answers) {

  /** An open call that does nothing, apart from the text of its headers. */
  static final int CALL = 4 * 1024;

  /** What one connection costs that does nothing, with the sockets' buffers of a slow peer. */
  static final int CONNECTION = 64 * 1024;

  /** An item of a stream that was read and whose result is not sent: either, with its details. */
  static final int ITEM = 2 * 1024;

  /** A result that was handed to gRPC, which gives each its own buffer. */
  static final int RESULT = 4 * 1024;

  private static final int PARTS = 4;
  private static final int PARTS_OF_CALLS = 3;

  /** What each connection may have in any case: a few calls and ordinary messages. */
  private static final int LEAST = 16 * 1024;

  /** The parts of this process's memory. */
  static CallerMemory ofThisProcess() {
    long heap = Runtime.getRuntime().maxMemory();
    return of(heap, Math.min(heap, PlatformDependent.maxDirectMemory()));
  }

  static CallerMemory of(long heap, long direct) {
    return new CallerMemory(
        new SharedRoom(direct / PARTS, LEAST),
        new SharedRoom(heap / PARTS_OF_CALLS, LEAST),
        new SharedRoom(direct / PARTS / 2, LEAST));
  }

  /** Returns how many connections this process has memory for. */
  static int mostConnections() {
    return (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / CONNECTION);
  }
}
