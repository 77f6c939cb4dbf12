package dev.wxnotify.benchmark.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The worker's side of the protocol with the benchmark: lines on standard input and output. The
 * worker writes {@code ready}, with a port if it has one. Each line that it then reads is a task,
 * and it answers with {@code result} and JSON. It ends when its input ends, so that it never
 * outlives the benchmark.
 */
public final class Worker {
  private Worker() {}

  /** A separate class, so that a worker is ready before it has loaded Jackson. */
  private static final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();
  }

  /** Runs one task. */
  @FunctionalInterface
  interface Task<T> {
    Object run(T task) throws Exception;
  }

  /** Reports that it is ready, and works until its input ends. */
  static <T> void serve(int port, Class<T> type, Task<T> work) throws Exception {
    say("ready " + port);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      say("result " + Json.MAPPER.writeValueAsString(work.run(Json.MAPPER.readValue(line, type))));
    }
    // Threads of libraries must not keep the process alive.
    System.exit(0);
  }

  /** Reports that this part of a task, from 0 to 1, is done. */
  static void progress(double part) {
    say("progress " + part);
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** Writes a task. */
  public static String encode(Object task) throws IOException {
    return Json.MAPPER.writeValueAsString(task);
  }

  /** Reads a result. */
  public static <T> T decode(String json, Class<T> type) throws IOException {
    return Json.MAPPER.readValue(json, type);
  }
}
