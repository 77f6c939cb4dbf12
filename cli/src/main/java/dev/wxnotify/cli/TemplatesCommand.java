package dev.wxnotify.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.client.SendException;
import dev.wxnotify.client.TemplateClient;
import dev.wxnotify.v1.GetTemplateRequest;
import dev.wxnotify.v1.GetTemplateResponse;
import dev.wxnotify.v1.ListTemplatesRequest;
import dev.wxnotify.v1.ListTemplatesResponse;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wxnotify templates}. */
@Command(
    name = "templates",
    description = "Show the templates of an app, as a running server knows them.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Exit codes: 0 here they are, 1 the server has none to show (or was not reached),",
      "64 the command line is wrong."
    })
public final class TemplatesCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(
      names = {"--app-id", "--app"},
      paramLabel = "ID",
      description = "AppID of the Mini Program (default: the server's default app).",
      defaultValue = "")
  private String appId = "";

  @Option(
      names = {"--template-id", "--template"},
      paramLabel = "ID",
      description = "Show this template only.",
      defaultValue = "")
  private String templateId = "";

  @Option(
      names = "--refresh",
      description = "Have the server ask WeChat first, at most once in 5 seconds.")
  private boolean refresh;

  @Mixin private final LookOptions look = new LookOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InvalidProtocolBufferException {
    PrintWriter out = spec.commandLine().getOut();
    try (NotificationClient client = server.client().failFast().build()) {
      if (templateId.isEmpty()) {
        list(client.templates(), out);
      } else {
        get(client.templates(), out);
      }
      return SendReport.EXIT_ACCEPTED;
    } catch (SendException e) {
      return new SendReport(spec.commandLine().getErr()).failedCall(e.failure());
    }
  }

  private void list(TemplateClient templates, PrintWriter out)
      throws InvalidProtocolBufferException {
    ListTemplatesResponse response =
        templates.list(
            ListTemplatesRequest.newBuilder().setAppId(appId).setRefresh(refresh).build(),
            look.timeout);
    look.print(
        response,
        () -> new TemplateReport(out).print(response.getTemplatesList(), response.getFetchedAt()),
        out);
  }

  private void get(TemplateClient templates, PrintWriter out)
      throws InvalidProtocolBufferException {
    GetTemplateResponse response =
        templates.get(
            GetTemplateRequest.newBuilder()
                .setAppId(appId)
                .setTemplateId(templateId)
                .setRefresh(refresh)
                .build(),
            look.timeout);
    look.print(
        response,
        () ->
            new TemplateReport(out).print(List.of(response.getTemplate()), response.getFetchedAt()),
        out);
  }
}
