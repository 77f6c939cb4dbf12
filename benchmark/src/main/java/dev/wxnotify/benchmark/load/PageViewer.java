package dev.wxnotify.benchmark.load;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Operators who have the console open, as a process: live streams, and pages that are loaded again
 * and again. It knows no path: it logs in by the form, follows the links of the bar, and opens the
 * streams that the pages name.
 */
@Command(name = "page-viewer")
public final class PageViewer implements Runnable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration STREAM_PATIENCE = Duration.ofSeconds(30);
  private static final int OK = 200;
  private static final int LAST_THAT_IS_NO_ERROR = 399;
  private static final Pattern LINK = Pattern.compile("<a href=\"(/[a-z-]*)\"");
  private static final Pattern STREAM = Pattern.compile("sse-connect=\"([^\"]+)\"");
  private static final Pattern FORM = Pattern.compile("action=\"([^\"]+)\"");
  private static final Pattern PASSWORD =
      Pattern.compile("<input(?=[^>]*type=\"password\")[^>]*name=\"([^\"]+)\"");

  @Option(names = "--url", required = true)
  private String url = "";

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .cookieHandler(new CookieManager())
          .build();

  @GuardedBy("this")
  private long pages;

  @GuardedBy("this")
  private long streams;

  @GuardedBy("this")
  private long events;

  @GuardedBy("this")
  private String firstError = "";

  /**
   * What to do from now on.
   *
   * @param streams how many live streams to open; 0 opens none and only reports
   * @param pagesPerSecond how many pages to load each second, beside them
   */
  public record Viewing(int streams, int pagesPerSecond) {}

  /**
   * What was seen until now.
   *
   * @param pages how many pages came
   * @param streams how many streams were opened
   * @param events how many lines of data came on them
   * @param firstError the first page that failed, or stream that ended; empty if there was none
   */
  public record Seen(long pages, long streams, long events, String firstError) {}

  /** The process. */
  public static void main(String[] args) {
    new CommandLine(new PageViewer()).execute(args);
  }

  @Override
  public void run() {
    try {
      Worker.serve(0, Viewing.class, this::view);
    } catch (Exception e) {
      throw new IllegalStateException("the pages cannot be viewed", e);
    }
  }

  private Seen view(Viewing task) throws Exception {
    if (task.streams() > 0) {
      open(task);
    }
    synchronized (this) {
      return new Seen(pages, streams, events, firstError);
    }
  }

  private void open(Viewing task) throws IOException, InterruptedException {
    String home = logIn();
    List<String> links = new ArrayList<>(found(LINK, home));
    Set<String> streamed = new LinkedHashSet<>();
    for (String link : links) {
      streamed.addAll(found(STREAM, get(link).body()));
    }
    if (links.isEmpty() || streamed.isEmpty()) {
      throw new IllegalStateException("no links or no streams on " + url + ": " + home);
    }
    List<String> sources = List.copyOf(streamed);
    for (int i = 0; i < task.streams(); i++) {
      openStream(sources.get(i % sources.size()));
    }
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "pages");
              thread.setDaemon(true);
              return thread;
            });
    int[] next = {0};
    var ignored =
        timer.scheduleAtFixedRate(
            () -> load(links.get(next[0]++ % links.size())),
            0,
            TimeUnit.SECONDS.toNanos(1) / task.pagesPerSecond(),
            TimeUnit.NANOSECONDS);
  }

  /** Returns the first page, behind the form. */
  private String logIn() throws IOException, InterruptedException {
    String page = get("/").body();
    Matcher password = PASSWORD.matcher(page);
    if (!password.find()) {
      return page;
    }
    // The form of the token is the one that the field is in: the last that begins before it.
    String action = "/";
    Matcher form = FORM.matcher(page.substring(0, password.start()));
    while (form.find()) {
      action = form.group(1);
    }
    var ignored =
        http.send(
            HttpRequest.newBuilder(URI.create(url).resolve(action))
                .timeout(PATIENCE)
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(
                    BodyPublishers.ofString(
                        password.group(1)
                            + "="
                            + URLEncoder.encode(GrpcClient.TOKEN, StandardCharsets.UTF_8)))
                .build(),
            BodyHandlers.ofString());
    return get("/").body();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(request(path).timeout(PATIENCE).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url).resolve(path));
  }

  private void load(String path) {
    try {
      HttpResponse<String> answer = get(path);
      seen(answer.statusCode() == OK ? "" : path + ": HTTP status " + answer.statusCode());
    } catch (IOException e) {
      seen(path + ": " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void openStream(String path) throws IOException, InterruptedException {
    HttpResponse<Stream<String>> answer =
        http.send(
            request(path.replace("&amp;", "&")).timeout(STREAM_PATIENCE).build(),
            BodyHandlers.ofLines());
    if (answer.statusCode() > LAST_THAT_IS_NO_ERROR) {
      throw new IllegalStateException(path + ": HTTP status " + answer.statusCode());
    }
    synchronized (this) {
      streams++;
    }
    Thread reader =
        new Thread(
            () -> {
              try (Stream<String> lines = answer.body()) {
                lines.filter(line -> line.startsWith("data:")).forEach(line -> seenEvent());
              } catch (RuntimeException e) {
                fail(path + ": " + e);
                return;
              }
              fail(path + " ended");
            },
            "stream");
    reader.setDaemon(true);
    reader.start();
  }

  private synchronized void seenEvent() {
    events++;
  }

  private synchronized void seen(String error) {
    pages++;
    fail(error);
  }

  private synchronized void fail(String error) {
    if (firstError.isEmpty()) {
      firstError = error;
    }
  }

  private static List<String> found(Pattern pattern, String page) {
    return pattern.matcher(page).results().map(each -> each.group(1)).distinct().toList();
  }
}
