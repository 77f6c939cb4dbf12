package dev.wxnotify.server.wechat;

import static dev.wxnotify.server.wechat.Http.answer;
import static dev.wxnotify.server.wechat.Http.bytes;
import static dev.wxnotify.server.wechat.Http.chunk;
import static dev.wxnotify.server.wechat.Http.head;
import static dev.wxnotify.server.wechat.Http.join;

import dev.wxnotify.server.wechat.ScriptedUpstream.Line;
import dev.wxnotify.server.wechat.ScriptedUpstream.Trick;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/**
 * All kinds of odd answers at random, with one restriction: a whole answer that could be mistaken
 * for the answer to a later request on the same connection is only written together with an earlier
 * one. Written later, it might arrive while that request is in flight, and nothing in HTTP/1.1
 * would distinguish the two. So anything written later is broken, whatever honest answer follows
 * it.
 */
final class HostileTricks implements Trick {
  private static final int LONGEST_WAIT_MILLIS = 15;

  /** Longer than the client waits for an answer. */
  private static final Duration TOO_LONG = Duration.ofMillis(1_200);

  private final long seed;

  /** The answer to another request: the worst possible mistake. */
  private final AtomicReference<byte[]> foreign = new AtomicReference<>(bytes("{\"errcode\":0}"));

  HostileTricks(long seed) {
    this.seed = seed;
  }

  @Override
  public void play(Line line) throws IOException, InterruptedException {
    line.readOn();
    byte[] own = line.body();
    byte[] others = foreign.getAndSet(own);
    Random random = new Random(seed * 31 + Arrays.hashCode(own));
    random.nextInt();
    if (random.nextInt(10) < 5) {
      line.answerAsTextbook();
      return;
    }
    byte[] before = interim(line, random);
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3 -> say(line, random, before, usual(own, random), together(others, random));
      case 4, 5, 6 -> {
        say(line, random, before, usual(own, random), new byte[0]);
        lateSurplus(line, others, random);
      }
      case 7, 8 -> {
        line.pause();
        say(line, random, before, usual(own, random), new byte[0]);
      }
      case 9 -> {
        say(line, random, before, usual(own, random), new byte[0]);
        end(line, random);
      }
      case 10 -> {
        byte[] whole = join(before, usual(own, random));
        line.say(Arrays.copyOf(whole, random.nextInt(whole.length)));
        if (random.nextBoolean()) {
          line.pause();
        }
        end(line, random);
      }
      case 11 -> {
        if (random.nextInt(10) == 0) { // A timeout is long.
          line.awaitLeft(TOO_LONG);
          line.say(answer(own));
        } else {
          line.reset();
        }
      }
      default -> say(line, random, before, unusual(own, others, random), new byte[0]);
    }
  }

  /** Writes some immediately, and returns those to write with the answer. */
  private static byte[] interim(Line line, Random random) throws IOException, InterruptedException {
    byte[] together = new byte[0];
    while (random.nextInt(3) == 0) {
      byte[] next =
          bytes(
              List.of(
                      "HTTP/1.1 100 Continue\r\n\r\n",
                      "HTTP/1.1 102 Processing\r\n\r\n",
                      "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n",
                      "HTTP/1.1 199 Whatever\r\nX: y\r\n\r\n")
                  .get(random.nextInt(4)));
      if (together.length > 0 || random.nextBoolean()) {
        together = join(together, next);
      } else {
        line.say(next);
        waitPerhaps(random);
      }
    }
    return together;
  }

  /** A complete and clear answer. */
  private static byte[] usual(byte[] own, Random random) {
    return switch (random.nextInt(5)) {
      case 0 ->
          join(
              head("200 OK", "Transfer-Encoding: chunked\r\n"),
              chunk(Arrays.copyOf(own, 9)),
              chunk(Arrays.copyOfRange(own, 9, own.length)),
              bytes(random.nextBoolean() ? "0\r\n\r\n" : "0;last\r\nX-Trailer: 1\r\n\r\n"));
      case 1 -> answer("200 OK", "Connection: close\r\n", own);
      case 2 -> answer("200 OK", "X-Padding: " + "x".repeat(random.nextInt(900)) + "\r\n", own);
      default -> answer(own);
    };
  }

  /** An unclear or empty answer; none contains a complete answer to another request. */
  private static byte[] unusual(byte[] own, byte[] others, Random random) {
    return switch (random.nextInt(9)) {
      case 0 -> answer(new byte[0]);
      case 1 -> answer("404 Not Found", "", own);
      case 2 -> answer("502 Bad Gateway", "", bytes("<html>bad gateway</html>"));
      case 3 -> join(head("204 No Content", ""), answer(others));
      case 4 -> join(head("304 Not Modified", ""), others);
      case 5 -> join(head("200 OK", "Content-Length: 0\r\n"), answer(others));
      case 6 -> join(head("200 OK", "Content-Length: " + (own.length - 3) + "\r\n"), own);
      case 7 -> join(bytes("HTTP/1.1 101 Switching Protocols\r\n\r\n"), answer(others));
      default -> bytes("SSH-2.0-OpenSSH\r\n\r\n");
    };
  }

  /** Content in the same segment as the answer: anything. */
  private static byte[] together(byte[] others, Random random) {
    byte[] whole = answer(others);
    return switch (random.nextInt(7)) {
      case 0, 1 -> whole;
      case 2 -> join(whole, whole);
      case 3 -> Arrays.copyOf(whole, 1 + random.nextInt(whole.length - 1));
      case 4 -> answer(new byte[0]);
      case 5 -> bytes("\r\n");
      default -> others;
    };
  }

  /** Content that may arrive during the next request: nothing complete. */
  private static void lateSurplus(Line line, byte[] others, Random random)
      throws IOException, InterruptedException {
    waitPerhaps(random);
    byte[] whole = answer(others);
    line.say(
        switch (random.nextInt(6)) {
          case 0 -> others;
          case 1 -> Arrays.copyOf(whole, 10 + random.nextInt(whole.length - 11));
          case 2 -> Arrays.copyOfRange(whole, 5, whole.length);
          case 3 -> bytes("0\r\n\r\n");
          case 4 -> chunk(others);
          default -> head("200 OK", "Content-Length: 30\r\n");
        });
  }

  private static void say(Line line, Random random, byte[] before, byte[] answer, byte[] behind)
      throws IOException, InterruptedException {
    byte[] whole = join(before, answer);
    if (random.nextInt(3) > 0) {
      line.say(join(whole, behind));
      return;
    }
    int at = 0;
    while (at < whole.length - 1 && random.nextInt(8) > 0) {
      int to = at + 1 + random.nextInt(whole.length - 1 - at);
      line.say(Arrays.copyOfRange(whole, at, to));
      waitPerhaps(random);
      at = to;
    }
    line.say(join(Arrays.copyOfRange(whole, at, whole.length), behind));
  }

  private static void end(Line line, Random random) throws IOException, InterruptedException {
    waitPerhaps(random);
    if (random.nextBoolean()) {
      line.end();
    } else {
      line.reset();
    }
  }

  private static void waitPerhaps(Random random) throws InterruptedException {
    if (random.nextInt(3) == 0) {
      Thread.sleep(random.nextInt(LONGEST_WAIT_MILLIS));
    }
  }
}
