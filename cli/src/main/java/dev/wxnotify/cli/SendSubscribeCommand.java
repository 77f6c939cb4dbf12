package dev.wxnotify.cli;

import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.client.SendException;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import dev.wxnotify.v1.SubscribeMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wxnotify send subscribe}. */
@Command(
    name = "subscribe",
    description = "Send a subscribe message.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SendSubscribeCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final MessageOptions options = new MessageOptions();

  @Option(
      names = "--template-id",
      required = true,
      paramLabel = "ID",
      description = "The template.")
  private String templateId = "";

  @Option(
      names = "--page",
      paramLabel = "PAGE",
      description = "The page that a tap opens, with its query.",
      defaultValue = "")
  private String page = "";

  @Option(
      names = "--data",
      required = true,
      paramLabel = "KEYWORD=VALUE",
      description = "The value of one keyword, e.g. thing1=Coffee; repeat it for each keyword.")
  private final Map<String, String> data = new LinkedHashMap<>();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    SendReport report = new SendReport(spec.commandLine().getOut());
    SendSubscribeMessageRequest request =
        SendSubscribeMessageRequest.newBuilder()
            .setMessage(
                SubscribeMessage.newBuilder()
                    .setAppId(options.appId)
                    .setOpenId(options.openId)
                    .setTemplateId(templateId)
                    .setPage(page)
                    .putAllData(data)
                    .setMiniProgramState(options.state)
                    .setLanguage(options.language))
            .setRequestId(options.requestId)
            .setValidateOnly(options.validateOnly)
            .setSkipUnlessSubscribed(options.skipUnlessSubscribed)
            .build();
    try (NotificationClient client = server.client().failFast().build()) {
      SendSubscribeMessageResponse response = client.send(request, options.timeout);
      return report.accepted(response.getMessageId(), response.getReplayed(), options.validateOnly);
    } catch (SendException e) {
      return report.failed(e.failure());
    }
  }
}
