package dev.wxnotify.cli;

import com.google.protobuf.Timestamp;
import dev.wxnotify.client.EventWatch;
import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.v1.EventKind;
import dev.wxnotify.v1.WatchEventsRequest;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code wxnotify events}. */
@Command(
    name = "events",
    description =
        "Show what WeChat reported after sends: receipts, and the answers of users to subscription"
            + " dialogs.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Without --follow it shows what is kept, and ends. With it, it shows what comes, reconnects by",
      "itself when the connection breaks, and ends with Ctrl-C. At its end it prints the cursor to",
      "continue with, on standard error.",
      "",
      "Exit codes: 0 here they are, 1 the server did not say (or was not reached),",
      "64 the command line is wrong."
    })
public final class EventsCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(
      names = {"--follow", "-f"},
      description = "Wait for further events; without --since and --cursor from now on.")
  private boolean follow;

  @Option(
      names = {"--app-id", "--app"},
      paramLabel = "ID",
      description = "AppID of the Mini Program (default: all apps of the caller).",
      defaultValue = "")
  private String appId = "";

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      split = ",",
      description = "delivery or subscription (default: both).",
      converter = KindConverter.class)
  private final List<EventKind> kinds = new ArrayList<>();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Begin with events that the server received then: a time such as"
              + " 2026-03-01T08:00:00+08:00, or 30s, 15m, 2h or 7d ago.",
      converter = TimeConverter.class)
  private @Nullable Timestamp since;

  @Option(
      names = "--cursor",
      paramLabel = "CURSOR",
      description = "Continue after this cursor, which another run has printed.",
      defaultValue = "")
  private String cursor = "";

  @Option(
      names = "--output",
      paramLabel = "FORM",
      description = "text (default) or json: one event in the contract's JSON form on each line.",
      converter = OutputConverter.class)
  private Output output = Output.TEXT;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Reads a kind of events. */
  static final class KindConverter extends WordConverter<EventKind> {
    KindConverter() {
      super(EventKind.class, "EVENT_KIND_");
    }
  }

  @Override
  @SuppressWarnings("try") // The signal's handler is there while it is open; nobody calls it.
  public Integer call() throws InterruptedException {
    if (since != null && !cursor.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--since and --cursor cannot be given together");
    }
    PrintWriter err = spec.commandLine().getErr();
    EventPrinter printer = new EventPrinter(spec.commandLine().getOut(), err, output, follow);
    try (NotificationClient client = server.client().build();
        EventWatch watch = client.events().watch(request(), printer);
        WatchStop stop = WatchStop.install(watch, printer)) {
      return printer.await(watch);
    }
  }

  private WatchEventsRequest request() {
    WatchEventsRequest.Builder request =
        WatchEventsRequest.newBuilder().setAppId(appId).addAllKinds(kinds).setCursor(cursor);
    if (since != null) {
      request.setSince(since);
    } else if (!follow && cursor.isEmpty()) {
      request.setSince(Timestamp.getDefaultInstance()); // Everything that is kept.
    }
    return request.build();
  }
}
