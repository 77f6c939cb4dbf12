package dev.wxnotify.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.client.SendException;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.GetTokenStatusResponse;
import java.io.PrintWriter;
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

  @Mixin private final LookOptions look = new LookOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InvalidProtocolBufferException {
    PrintWriter out = spec.commandLine().getOut();
    GetTokenStatusRequest request = GetTokenStatusRequest.newBuilder().setAppId(appId).build();
    try (NotificationClient client = server.client().failFast().build()) {
      GetTokenStatusResponse response = client.operations().tokenStatus(request, look.timeout);
      look.print(response, () -> new TokenReport(out).print(response.getTokensList()), out);
      return SendReport.EXIT_ACCEPTED;
    } catch (SendException e) {
      return new SendReport(spec.commandLine().getErr()).failedCall(e.failure());
    }
  }
}
