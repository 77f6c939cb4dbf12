package dev.wxnotify.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.client.SendException;
import dev.wxnotify.v1.GetSubscriptionsRequest;
import dev.wxnotify.v1.GetSubscriptionsResponse;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wxnotify subscriptions get}. */
@Command(
    name = "get",
    description = "Show what is known of the subscriptions of one user.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Credits are how many messages the user is known to accept; WeChat decides.",
      "",
      "Exit codes: 0 here they are, 1 the server did not say (or was not reached),",
      "64 the command line is wrong."
    })
final class SubscriptionsGetCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(
      names = "--open-id",
      required = true,
      paramLabel = "ID",
      description = "The user's open id.")
  private String openId = "";

  @Option(
      names = {"--app-id", "--app"},
      paramLabel = "ID",
      description = "AppID of the Mini Program (default: the server's default app).",
      defaultValue = "")
  private String appId = "";

  @Option(
      names = {"--template-id", "--template"},
      paramLabel = "ID",
      description = "A template; repeat it for more (default: all that are known).")
  private final List<String> templateIds = new ArrayList<>();

  @Mixin private final LookOptions look = new LookOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InvalidProtocolBufferException {
    PrintWriter out = spec.commandLine().getOut();
    GetSubscriptionsRequest request =
        GetSubscriptionsRequest.newBuilder()
            .setAppId(appId)
            .setOpenId(openId)
            .addAllTemplateIds(templateIds)
            .build();
    try (NotificationClient client = server.client().failFast().build()) {
      GetSubscriptionsResponse response = client.subscriptions().get(request, look.timeout);
      look.print(
          response, () -> new SubscriptionReport(out).print(response.getSubscriptionsList()), out);
      return SendReport.EXIT_ACCEPTED;
    } catch (SendException e) {
      return new SendReport(spec.commandLine().getErr()).failedCall(e.failure());
    }
  }
}
