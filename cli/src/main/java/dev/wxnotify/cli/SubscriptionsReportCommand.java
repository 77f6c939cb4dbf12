package dev.wxnotify.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.client.SendException;
import dev.wxnotify.v1.ReportSubscriptionsRequest;
import dev.wxnotify.v1.ReportSubscriptionsResponse;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wxnotify subscriptions report}. */
@Command(
    name = "report",
    description = "Report what wx.requestSubscribeMessage returned to the Mini Program.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Exit codes: 0 it is stored, 1 it is not (or the server was not reached),",
      "64 the command line is wrong."
    })
final class SubscriptionsReportCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(
      names = "--open-id",
      required = true,
      paramLabel = "ID",
      description = "The user's open id.")
  private String openId = "";

  @Option(
      names = "--report-id",
      required = true,
      paramLabel = "ID",
      description = "Your id of the report: a repeat with it changes nothing.")
  private String reportId = "";

  @Option(
      names = "--result",
      required = true,
      paramLabel = "TEMPLATE=ANSWER",
      description = "The answer for one template, e.g. T1=accept; repeat it for each template.")
  private final Map<String, String> results = new LinkedHashMap<>();

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description =
          "When the user answered: a time such as 2026-03-01T08:00:00+08:00, or 30s, 15m, 2h or 7d"
              + " ago (default: now).",
      converter = TimeConverter.class)
  private @Nullable Timestamp at;

  @Option(
      names = {"--app-id", "--app"},
      paramLabel = "ID",
      description = "AppID of the Mini Program (default: the server's default app).",
      defaultValue = "")
  private String appId = "";

  @Mixin private final LookOptions look = new LookOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InvalidProtocolBufferException {
    PrintWriter out = spec.commandLine().getOut();
    ReportSubscriptionsRequest.Builder request =
        ReportSubscriptionsRequest.newBuilder()
            .setAppId(appId)
            .setOpenId(openId)
            .setReportId(reportId)
            .putAllResults(results);
    if (at != null) {
      request.setOccurredAt(at);
    }
    try (NotificationClient client = server.client().failFast().build()) {
      ReportSubscriptionsResponse response =
          client.subscriptions().report(request.build(), look.timeout);
      look.print(response, () -> out.println("STORED"), out);
      return SendReport.EXIT_ACCEPTED;
    } catch (SendException e) {
      return new SendReport(spec.commandLine().getErr()).failedCall(e.failure());
    }
  }
}
