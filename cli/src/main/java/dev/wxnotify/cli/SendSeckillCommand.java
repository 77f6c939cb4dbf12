package dev.wxnotify.cli;

import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.client.SendException;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSeckillMessageResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wxnotify send seckill}. */
@Command(
    name = "seckill",
    description = "Send a flash-sale reminder.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SendSeckillCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final MessageOptions options = new MessageOptions();

  @Option(
      names = "--template-id",
      paramLabel = "ID",
      description = "The template (default: the one that is configured for the app).",
      defaultValue = "")
  private String templateId = "";

  @Option(
      names = "--goods-name",
      required = true,
      paramLabel = "NAME",
      description = "What is sold.")
  private String goodsName = "";

  @Option(
      names = "--time",
      required = true,
      paramLabel = "TIME",
      description = "When the sale begins, e.g. \"2026-11-24 20:00\".")
  private String time = "";

  @Option(
      names = "--corp-id",
      required = true,
      paramLabel = "ID",
      description = "For the page's query.")
  private String corpId = "";

  @Option(
      names = "--customer-id",
      required = true,
      paramLabel = "ID",
      description = "For the page's query.")
  private String customerId = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    SendReport report = new SendReport(spec.commandLine().getOut());
    SendSeckillMessageRequest request =
        SendSeckillMessageRequest.newBuilder()
            .setMessage(
                SeckillMessage.newBuilder()
                    .setAppId(options.appId)
                    .setOpenId(options.openId)
                    .setTemplateId(templateId)
                    .setGoodsName(goodsName)
                    .setTime(time)
                    .setCorpId(corpId)
                    .setCustomerId(customerId)
                    .setMiniProgramState(options.state)
                    .setLanguage(options.language))
            .setRequestId(options.requestId)
            .setValidateOnly(options.validateOnly)
            .setSkipUnlessSubscribed(options.skipUnlessSubscribed)
            .build();
    try (NotificationClient client = server.client().failFast().build()) {
      SendSeckillMessageResponse response = client.send(request, options.timeout);
      return report.accepted(response.getMessageId(), response.getReplayed(), options.validateOnly);
    } catch (SendException e) {
      return report.failed(e.failure());
    }
  }
}
