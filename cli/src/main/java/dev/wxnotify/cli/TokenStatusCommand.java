package dev.wxnotify.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.client.SendException;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.GetTokenStatusResponse;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wxnotify token status}. */
@Command(
    name = "status",
    description = "Show how the access token of each app stands, on one replica; for operators.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Exit codes: 0 here they are, 1 the server did not say (or was not reached),",
      "64 the command line is wrong."
    })
final class TokenStatusCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(
      names = {"--app-id", "--app"},
      paramLabel = "ID",
      description = "AppID of the Mini Program (default: all apps).",
      defaultValue = "")
  private String appId = "";

  @Option(
      names = "--output",
      paramLabel = "FORM",
      description = "text (default) or json: the response in the contract's JSON form.",
      converter = OutputConverter.class)
  private Output output = Output.TEXT;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "The deadline of the call in seconds (default: ${DEFAULT-VALUE}).",
      defaultValue = "10",
      converter = SecondsConverter.class)
  private Duration timeout = Duration.ZERO;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InvalidProtocolBufferException {
    PrintWriter out = spec.commandLine().getOut();
    GetTokenStatusRequest request = GetTokenStatusRequest.newBuilder().setAppId(appId).build();
    try (NotificationClient client = server.client().failFast().build()) {
      GetTokenStatusResponse response = client.operations().tokenStatus(request, timeout);
      if (output == Output.JSON) {
        out.println(JsonFormat.printer().preservingProtoFieldNames().print(response));
      } else {
        new TokenReport(out).print(response.getTokensList());
      }
      return SendReport.EXIT_ACCEPTED;
    } catch (SendException e) {
      return new SendReport(spec.commandLine().getErr()).failedCall(e.failure());
    }
  }
}
