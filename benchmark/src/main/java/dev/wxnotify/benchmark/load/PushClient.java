package dev.wxnotify.benchmark.load;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** WeChat's side of the push, as a process: receipts in safe mode, each of another message. */
@Command(name = "push-client")
public final class PushClient implements Runnable {
  /** The token of WeChat's console. */
  public static final String TOKEN = "benchmarktoken";

  /** The key of WeChat's console. */
  public static final String AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

  /** The longest that WeChat waits for an answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int OK = 200;

  @Option(names = "--url", required = true)
  private String url = "";

  @Option(names = "--app-id", required = true)
  private String appId = "";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** The process. */
  public static void main(String[] args) {
    new CommandLine(new PushClient()).execute(args);
  }

  @Override
  public void run() {
    SafePush pushes = new SafePush(TOKEN, AES_KEY, appId);
    // Another one for each run, so that no push is one that the server knows.
    long firstId = System.currentTimeMillis() * 1_000_000;
    long[] next = {firstId};
    try {
      Worker.serve(
          0,
          Load.class,
          load -> {
            long begin = next[0];
            next[0] += (long) (load.perSecond() * load.seconds()) + 1;
            return OpenLoop.run(
                (index, answered) -> push(pushes.receipt(begin + index), answered), load);
          });
    } catch (Exception e) {
      throw new IllegalStateException("the load failed", e);
    }
  }

  private void push(SafePush.Request push, Sender.Answered answered) {
    var ignored =
        http.sendAsync(
                HttpRequest.newBuilder(URI.create(url + "?" + push.query()))
                    .timeout(PATIENCE)
                    .header("content-type", "text/xml")
                    .POST(BodyPublishers.ofString(push.body()))
                    .build(),
                BodyHandlers.ofString())
            .whenComplete(
                (answer, fault) ->
                    answered.answered(fault == null ? error(answer) : fault.toString()));
  }

  private static String error(HttpResponse<String> answer) {
    return answer.statusCode() == OK && answer.body().equals("success")
        ? ""
        : "HTTP status " + answer.statusCode();
  }
}
