package dev.wxnotify.server.grpc;

import io.netty.util.internal.PlatformDependent;

/**
 * What callers can make the server keep, over all connections, as parts of the process's memory.
 * The rest is left for the work itself.
 *
 * @param requests bytes of requests that are unfinished, or that their handlers have not read yet
 * @param calls open calls, with their headers
 * @param answers results of streams that their callers do not read
 */
record CallerMemory(SharedRoom requests, SharedRoom calls, SharedRoom answers) {

  /** An open call that does nothing, apart from the text of its headers. */
  static final int CALL = 4 * 1024;

  /** The cost of one connection that does nothing, with the socket buffers of a slow peer. */
  static final int CONNECTION = 64 * 1024;

  /** An item of a stream that was read and whose result, with its details, is not sent. */
  static final int ITEM = 2 * 1024;

  /** A result that was passed to gRPC, which allocates a buffer for each. */
  static final int RESULT = 4 * 1024;

  private static final int PARTS = 4;
  private static final int PARTS_OF_CALLS = 3;

  /** The guaranteed share of each connection: a few calls and ordinary messages. */
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

  /** Returns the number of connections for which this process has memory. */
  static int mostConnections() {
    return (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / CONNECTION);
  }
}
