package dev.wxnotify.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.client.SendException;
import dev.wxnotify.v1.GetMessageRequest;
import dev.wxnotify.v1.GetMessageResponse;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wxnotify messages get}. */
@Command(
    name = "get",
    description = "Show what became of one message.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Exit codes: 0 here it is, 1 the server has no such message (or was not reached),",
      "64 the command line is wrong."
    })
final class MessagesGetCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();

  @ArgGroup(multiplicity = "1")
  private Id id = new Id();

  /** The one or the other. */
  static final class Id {
    @Option(
        names = "--message-id",
        paramLabel = "ID",
        required = true,
        description = "WeChat's id of the message.")
    private @Nullable String messageId;

    @Option(
        names = "--request-id",
        paramLabel = "ID",
        required = true,
        description = "The caller's id of the message; of several, the newest is shown.")
    private @Nullable String requestId;
  }

  @Option(
      names = {"--app-id", "--app"},
      paramLabel = "ID",
      description = "AppID of the Mini Program (default: all apps of the caller).",
      defaultValue = "")
  private String appId = "";

  @Mixin private final LookOptions look = new LookOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InvalidProtocolBufferException {
    PrintWriter out = spec.commandLine().getOut();
    try (NotificationClient client = server.client().failFast().build()) {
      GetMessageResponse response = client.messages().get(request(), look.timeout);
      look.print(response, () -> new MessageReport(out).print(response.getMessage()), out);
      return SendReport.EXIT_ACCEPTED;
    } catch (SendException e) {
      return new SendReport(spec.commandLine().getErr()).failedCall(e.failure());
    }
  }

  private GetMessageRequest request() {
    GetMessageRequest.Builder request = GetMessageRequest.newBuilder().setAppId(appId);
    if (id.messageId != null) {
      request.setMessageId(id.messageId);
    } else if (id.requestId != null) {
      request.setRequestId(id.requestId);
    }
    return request.build();
  }
}
