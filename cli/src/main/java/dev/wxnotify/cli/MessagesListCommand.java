package dev.wxnotify.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.client.SendException;
import dev.wxnotify.v1.DeliveryStatus;
import dev.wxnotify.v1.ListMessagesRequest;
import dev.wxnotify.v1.ListMessagesResponse;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wxnotify messages list}. */
@Command(
    name = "list",
    description = "Show messages, newest first, a page at a time. All filters must match.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "A TIME is one such as 2026-03-01T08:00:00+08:00, or 30s, 15m, 2h or 7d ago.",
      "",
      "Exit codes: 0 here they are, 1 the server did not say (or was not reached),",
      "64 the command line is wrong."
    })
final class MessagesListCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(
      names = {"--app-id", "--app"},
      paramLabel = "ID",
      description = "AppID of the Mini Program (default: all apps of the caller).",
      defaultValue = "")
  private String appId = "";

  @Option(
      names = "--open-id",
      paramLabel = "ID",
      description = "The recipient's open id.",
      defaultValue = "")
  private String openId = "";

  @Option(
      names = {"--template-id", "--template"},
      paramLabel = "ID",
      description = "The template.",
      defaultValue = "")
  private String templateId = "";

  @Option(
      names = "--request-id-prefix",
      paramLabel = "TEXT",
      description = "What the request_id begins with, e.g. the name of a campaign.",
      defaultValue = "")
  private String requestIdPrefix = "";

  @Option(
      names = "--outcome",
      paramLabel = "OUTCOME",
      description = "accepted, rejected, not-sent or unknown.",
      converter = OutcomeConverter.class)
  private Outcome outcome = Outcome.OUTCOME_UNSPECIFIED;

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "A reason of the contract, such as USER_NOT_SUBSCRIBED.",
      converter = ReasonConverter.class)
  private ErrorReason reason = ErrorReason.ERROR_REASON_UNSPECIFIED;

  @Option(
      names = "--delivery",
      paramLabel = "STATUS",
      description = "delivered or failed: what WeChat reported afterwards.",
      converter = DeliveryConverter.class)
  private DeliveryStatus delivery = DeliveryStatus.DELIVERY_STATUS_UNSPECIFIED;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Messages that the server received then or later.",
      converter = TimeConverter.class)
  private @Nullable Timestamp from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Messages that the server received earlier.",
      converter = TimeConverter.class)
  private @Nullable Timestamp to;

  @Option(
      names = "--page-size",
      paramLabel = "N",
      description = "The most messages to show, at most 1000 (default: 100).",
      defaultValue = "0")
  private int pageSize;

  @Option(
      names = "--page-token",
      paramLabel = "TOKEN",
      description = "Show the page after another, which ended with this token.",
      defaultValue = "")
  private String pageToken = "";

  @Mixin private final LookOptions look = new LookOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Reads an outcome. */
  static final class OutcomeConverter extends WordConverter<Outcome> {
    OutcomeConverter() {
      super(Outcome.class, "OUTCOME_");
    }
  }

  /** Reads a reason. */
  static final class ReasonConverter extends WordConverter<ErrorReason> {
    ReasonConverter() {
      super(ErrorReason.class, "ERROR_REASON_");
    }
  }

  /** Reads what WeChat reported. */
  static final class DeliveryConverter extends WordConverter<DeliveryStatus> {
    DeliveryConverter() {
      super(DeliveryStatus.class, "DELIVERY_STATUS_");
    }
  }

  @Override
  public Integer call() throws InvalidProtocolBufferException {
    PrintWriter out = spec.commandLine().getOut();
    try (NotificationClient client = server.client().failFast().build()) {
      ListMessagesResponse response = client.messages().list(request(), look.timeout);
      look.print(response, () -> new MessageReport(out).print(response), out);
      return SendReport.EXIT_ACCEPTED;
    } catch (SendException e) {
      return new SendReport(spec.commandLine().getErr()).failedCall(e.failure());
    }
  }

  private ListMessagesRequest request() {
    ListMessagesRequest.Builder request =
        ListMessagesRequest.newBuilder()
            .setAppId(appId)
            .setOpenId(openId)
            .setTemplateId(templateId)
            .setRequestIdPrefix(requestIdPrefix)
            .setOutcome(outcome)
            .setReason(reason)
            .setDeliveryStatus(delivery)
            .setPageSize(pageSize)
            .setPageToken(pageToken);
    if (from != null) {
      request.setFrom(from);
    }
    if (to != null) {
      request.setTo(to);
    }
    return request.build();
  }
}
