package dev.wxnotify.cli;

import dev.wxnotify.client.BatchBuilder;
import dev.wxnotify.client.NotificationClient;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wxnotify batch}: sends the rows of a file through a running server. */
@Command(
    name = "batch",
    description =
        "Send the rows of a file through a running server, and record the outcome of each.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeOnInvalidInput = BatchCommand.EXIT_USAGE,
    exitCodeOnExecutionException = BatchCommand.EXIT_UNFINISHED,
    footer = {
      "",
      "A file is UTF-8, unless it has a byte order mark or --encoding says otherwise.",
      "A CSV file has a header; of a subscribe message: open_id, template_id, page,",
      "data.KEYWORD, …; of a flash-sale reminder: open_id, goods_name, time, corp_id,",
      "customer_id. NDJSON has the JSON form of BatchSendRequest, one per line.",
      "",
      "Ctrl-C stops sending and waits for outstanding answers; --resume continues from",
      "the results.",
      "",
      "Exit codes: 0 all rows were accepted, 1 some were not, 2 the command line or a",
      "file is wrong, 3 the batch could not finish."
    })
public final class BatchCommand implements Callable<Integer> {
  static final int EXIT_ALL_ACCEPTED = 0;
  static final int EXIT_SOME_NOT = 1;

  /** As issue and scripts of campaigns have it; the other commands use 64. */
  public static final int EXIT_USAGE = 2;

  static final int EXIT_UNFINISHED = 3;

  private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(10);

  /** What to do with a row that is bad. */
  enum OnBadRow {
    skip,
    stop
  }

  /** How to show progress. */
  enum Show {
    auto,
    bar,
    plain
  }

  @Parameters(
      paramLabel = "FILE",
      description = "The rows: *.csv, *.ndjson or *.jsonl; - for standard input.")
  private String file = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "csv or ndjson, if the name does not show it (standard input: ndjson).")
  private BatchInput.@Nullable Format format;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description =
          "The encoding of the rows, such as GB18030 or UTF-16, if they have no byte order mark"
              + " (default: UTF-8).")
  private @Nullable String encoding;

  @Option(
      names = "--results",
      paramLabel = "FILE",
      description =
          "Where results are written, one line of JSON each. Required, except with --validate-only.")
  private @Nullable Path resultPath;

  @Option(
      names = "--resume",
      description = "Continue from --results: rows with a final outcome are not sent again.")
  private boolean resume;

  @Option(
      names = "--campaign",
      paramLabel = "NAME",
      description =
          "Gives each row without a request_id one made of this name and the row's number. Use a"
              + " new name for each campaign, and the same name to repeat it.")
  private @Nullable String campaign;

  @Option(
      names = "--on-bad-row",
      paramLabel = "skip|stop",
      description = "What to do when a row is bad (default: ${DEFAULT-VALUE}).",
      defaultValue = "skip")
  private OnBadRow onBadRow = OnBadRow.skip;

  @Option(names = "--validate-only", description = "Check every row, send nothing.")
  private boolean validateOnly;

  @Option(
      names = "--skip-unless-subscribed",
      description = "Do not send a row whose user is known to have no subscription left.")
  private boolean skipUnlessSubscribed;

  @Option(
      names = "--retries",
      paramLabel = "N",
      description =
          "How many times a row is sent again if its answer says that a retry may help (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "5")
  private int retries;

  @Option(
      names = "--longest-wait",
      paramLabel = "SECONDS",
      description =
          "Rows that would have to wait longer are not sent again (default: ${DEFAULT-VALUE}).",
      defaultValue = "70")
  private int longestWaitSeconds;

  @Option(
      names = "--give-up-after",
      paramLabel = "SECONDS",
      description = "How long to try to reach the server (default: ${DEFAULT-VALUE}).",
      defaultValue = "300")
  private int giveUpAfterSeconds;

  @Option(
      names = "--window",
      paramLabel = "N",
      description = "The maximum number of rows in flight (default: ${DEFAULT-VALUE}).",
      defaultValue = "1024")
  private int window;

  @Option(
      names = "--progress",
      paramLabel = "auto|bar|plain",
      description = "A bar, or plain lines (default: ${DEFAULT-VALUE}: a bar in a terminal).",
      defaultValue = "auto")
  private Show show = Show.auto;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    checkOptions();
    try {
      return run(input());
    } catch (UnusableInputException e) {
      return failed(EXIT_USAGE, String.valueOf(e.getMessage()));
    } catch (NoSuchFileException e) {
      return failed(EXIT_USAGE, "no such file: " + e.getFile());
    } catch (IOException e) {
      return failed(EXIT_UNFINISHED, String.valueOf(e.getMessage()));
    }
  }

  private int failed(int exitCode, String why) {
    spec.commandLine().getErr().println("wxnotify: " + why);
    return exitCode;
  }

  @SuppressWarnings("try") // The signal's handler is there while it is open; nobody calls it.
  private int run(BatchInput input)
      throws IOException, UnusableInputException, InterruptedException {
    EarlierResults earlier = EarlierResults.none();
    if (resume && resultPath != null) {
      earlier = EarlierResults.read(resultPath);
    }
    long total = input.inspect();
    try (Rows rows = input.open();
        NotificationClient client = server.client().build();
        ResultFile results = results(earlier)) {
      BatchCounts counts = new BatchCounts();
      BatchProgress progress = progress(counts, total, earlier.done());
      Campaign sending =
          new Campaign(
              new RequestIds(campaign),
              earlier,
              results,
              counts,
              progress,
              total,
              validateOnly,
              onBadRow == OnBadRow.stop);
      BatchEnd end =
          new BatchEnd(
              spec.commandLine().getOut(), counts, earlier, validateOnly, resultPath != null);
      try (progress;
          SignalStop ignored = SignalStop.install(sending, progress, end)) {
        end.is(sending.run(rows, builder(client)::open));
      }
      return end.print();
    }
  }

  private BatchBuilder builder(NotificationClient client) {
    BatchBuilder builder =
        client
            .batch()
            .window(window)
            .retryItems(retries, Duration.ofSeconds(longestWaitSeconds))
            .giveUpAfter(Duration.ofSeconds(giveUpAfterSeconds));
    return skipUnlessSubscribed ? builder.skipUnlessSubscribed() : builder;
  }

  private ResultFile results(EarlierResults earlier) throws IOException {
    if (resultPath == null) {
      return ResultFile.none();
    }
    return resume ? ResultFile.resume(resultPath, earlier.length()) : ResultFile.create(resultPath);
  }

  private BatchProgress progress(BatchCounts counts, long total, long before) {
    if (show == Show.bar || (show == Show.auto && Terminal.isThere())) {
      return new BarProgress(System.err, counts, total, before, Terminal.width());
    }
    return new PlainProgress(spec.commandLine().getErr(), counts, total, PLAIN_INTERVAL);
  }

  private void checkOptions() {
    if (resultPath == null && !validateOnly) {
      throw wrong("Missing required option: '--results=FILE'");
    }
    if (resume && (resultPath == null || validateOnly)) {
      throw wrong("--resume needs --results, and cannot be combined with --validate-only");
    }
    if (campaign != null
        && (campaign.isBlank()
            || campaign.length() > RequestIds.LONGEST_NAME
            || campaign.chars().anyMatch(Character::isISOControl))) {
      throw wrong(
          "--campaign: 1 to " + RequestIds.LONGEST_NAME + " characters, and no control characters");
    }
    if (window < 1 || retries < 0 || longestWaitSeconds < 0 || giveUpAfterSeconds < 0) {
      throw wrong("--window must be at least 1; --retries and times must not be negative");
    }
    if (!resume && resultPath != null && Files.exists(resultPath)) {
      throw wrong(resultPath + " exists: use --resume, or another file for --results");
    }
    if (resume && resultPath != null && !Files.exists(resultPath)) {
      throw wrong(resultPath + " does not exist: nothing to resume");
    }
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private BatchInput input() throws UnusableInputException {
    if (format != null) {
      return new BatchInput(file, format, charset());
    }
    return new BatchInput(
        file, file.equals("-") ? BatchInput.Format.ndjson : BatchInput.formatOf(file), charset());
  }

  private @Nullable Charset charset() {
    try {
      return encoding == null ? null : Charset.forName(encoding);
    } catch (IllegalArgumentException e) {
      throw wrong("--encoding: unknown: '" + encoding + "' (expected: GB18030, UTF-16, …)");
    }
  }
}
