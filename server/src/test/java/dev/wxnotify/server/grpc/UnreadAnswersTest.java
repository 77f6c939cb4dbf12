package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RawHttp2;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers that do not read, over raw sockets, and a service that answers each item. */
class UnreadAnswersTest {
  private static final int STREAMS = 50;
  private static final int ITEMS = 400;
  private static final int RESULT_BYTES = 100;
  private static final int ROOM = 100 * CallerMemory.RESULT;

  private final SharedRoom room = new SharedRoom(ROOM, 0);
  private final AtomicInteger read = new AtomicInteger();
  private Server server;

  @BeforeEach
  void start() throws Exception {
    UnreadAnswers answers = new UnreadAnswers(room);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addTransportFilter(answers)
            .intercept(answers)
            .addService(echo())
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  @Test
  void resultsThatNobodyReads_areBounded_overAllStreams() throws Exception {
    try (RawHttp2 client = RawHttp2.openWithoutWindow(server.getPort())) {
      byte[] items = new byte[5 * ITEMS]; // Empty items.
      for (int i = 0; i < STREAMS; i++) {
        client
            .frame(
                RawHttp2.HEADERS, RawHttp2.END_HEADERS, 2 * i + 1, RawHttp2.headers("/test/Echo"))
            .frame(RawHttp2.DATA, 0, 2 * i + 1, items);
      }
      client.frame(RawHttp2.PING, 0, 0, new byte[8]).flush();
      assertThat(client.readUntil(RawHttp2.PING)).isTrue();

      Await.until("each has read an item", () -> read.get() >= STREAMS);
      int bound = ROOM / CallerMemory.ITEM + 2 * STREAMS;
      assertThat(read.get()).isLessThan(bound).isLessThan(STREAMS * ITEMS / 10);
      assertThat(room.used()).isLessThan(ROOM + 2L * STREAMS * CallerMemory.RESULT);

      client // Now it reads.
          .frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0x70, 0, 0})
          .frame(RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {0x40, 0, 0, 0})
          .flush();
      readInBackground(client);

      Await.until("all items were read", () -> read.get() == STREAMS * ITEMS);
      Await.until("nothing is held", () -> room.used() == 0);
    }
  }

  /** Until the connection is closed: the buffers of the sockets may not take all the results. */
  private static void readInBackground(RawHttp2 client) {
    Thread reader =
        new Thread(
            () -> {
              try {
                while (client.read() != null) {
                  // The next one.
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            "reader");
    reader.setDaemon(true);
    reader.start();
  }

  @Test
  void connectionThatIsGone_holdsNothing() throws Exception {
    try (RawHttp2 client = RawHttp2.openWithoutWindow(server.getPort())) {
      client
          .frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.headers("/test/Echo"))
          .frame(RawHttp2.DATA, 0, 1, new byte[5 * ITEMS])
          .flush();
      Await.until("something is held", () -> room.used() > 0);
    }
    Await.until("nothing is held", () -> room.used() == 0);
  }

  /** The server continues to read while its results are read, or few of them wait. */
  private ServerServiceDefinition echo() {
    MethodDescriptor<InputStream, InputStream> method =
        MethodDescriptor.newBuilder(UnparsedMessages.MARSHALLER, UnparsedMessages.MARSHALLER)
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName("test/Echo")
            .build();
    return ServerServiceDefinition.builder("test")
        .addMethod(
            method,
            (call, headers) -> {
              call.sendHeaders(new Metadata());
              call.request(1);
              return new Echo(call);
            })
        .build();
  }

  private final class Echo extends ServerCall.Listener<InputStream> {
    private final ServerCall<InputStream, InputStream> call;
    private final Deque<InputStream> results = new ArrayDeque<>();

    Echo(ServerCall<InputStream, InputStream> call) {
      this.call = call;
    }

    @Override
    public void onMessage(InputStream item) {
      read.incrementAndGet();
      results.add(new ByteArrayInputStream(new byte[RESULT_BYTES]));
      onReady();
      call.request(1);
    }

    @Override
    public void onReady() {
      while (call.isReady() && !results.isEmpty()) {
        call.sendMessage(results.remove());
      }
    }
  }
}
