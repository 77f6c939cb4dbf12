package dev.wxnotify.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SandboxCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine command =
      new CommandLine(new SandboxCommand())
          .setOut(new PrintWriter(out))
          .setErr(new PrintWriter(err));

  @Test
  void run_interrupted_hasPrintedWhatToTry_andReturnsZero() throws Exception {
    int[] code = {-1};
    Thread runner =
        new Thread(
            () ->
                code[0] =
                    command.execute(
                        "--port=0",
                        "--app=wxaaaaaaaaaaaaaaaa:hush-hush",
                        "--token-ttl=30s",
                        "--fault=send:errcode=-1:3",
                        "--quota=send=100/10",
                        "--template=x123456789012345678901234567890123456789abc:thing1,time2",
                        "--template-json",
                        "--template-limit=40",
                        "--open-interface",
                        "--push-url=http://127.0.0.1:1/wechat/shop",
                        "--push-token=hushtoken",
                        "--push-aes-key=wxaaaaaaaaaaaaaaaa=hushABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abc",
                        "--push-mode=compatible",
                        "--push-format=xml",
                        "--push-fault=sent:late=5:10%",
                        "--push-failure=-7:failed: system failed",
                        "--receipts=manual",
                        "--errmsg-hint"));
    runner.start();
    while (!out.toString().contains("curl")) {
      Thread.onSpinWait();
    }
    runner.interrupt();
    runner.join();

    assertThat(code[0]).isZero();
    assertThat(out.toString())
        .contains(
            "http://127.0.0.1:",
            "wxaaaaaaaaaaaaaaaa",
            SandboxTemplates.SECKILL_TEMPLATE_ID,
            "x123456789012345678901234567890123456789abc  thing1,time2")
        .contains("wxaaaaaaaaaaaaaaaa: COMPATIBLE pushes in XML to http://127.0.0.1:1/wechat/shop")
        .doesNotContain("hush");
  }

  @Test
  void run_portTaken_returns69() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(command.execute("--port=" + taken.getLocalPort())).isEqualTo(69);
    }
    assertThat(err.toString()).startsWith("cannot listen on 127.0.0.1:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--token-ttl=soon",
        "--token-ttl=0s",
        "--fault=send:explode",
        "--app=only-an-id-hush",
        "--app=id:",
        "--quota=send=many",
        "--quota=nowhere=1",
        "--template=short:thing1",
        "--template=sandbox-seckill-0123456789abcdefghijklmnopq:THING",
        "--unknown-token=1",
        "--template-limit=-1",
        "--hosted-app=wx-other",
        "--cloudbase-ttl=0s",
        "--push-url=http://127.0.0.1:1/",
        "--push-token=hushtoken",
        "--push-url=http://127.0.0.1:1/ --push-token=hush-hush",
        "--push-url=http://127.0.0.1:1/ --push-token=hushtoken --push-aes-key=hush",
        "--push-url=http://127.0.0.1:1/ --push-token=hushtoken --push-mode=safe",
        "--push-url=http://127.0.0.1:1/ --push-token=hushtoken --push-format=yaml",
        "--push-url=ftp://127.0.0.1:1/ --push-token=hushtoken",
        "--push-fault=sent",
        "--push-fault=birthday:lost",
        "--push-fault=sent:lost:often",
        "--push-failure=7",
        "--push-retries=-1",
        "--push-timeout=0s",
        "--receipts=often",
        "--allowed-host=sandbox:9080",
        "--port=99999"
      })
  void run_rubbish_isAUsageErrorThatNamesIt(String flags) {
    assertThat(command.execute(flags.split(" ", -1))).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("expected:").doesNotContain("hush");
  }

  @Test
  void docs_ofFlagsAndOpenIds_areComplete() throws Exception {
    String docs = Files.readString(Path.of("..", "docs", "sandbox.md"));

    for (var option : command.getCommandSpec().options()) {
      assertThat(docs).contains("`" + option.longestName());
    }
    for (MagicOpenIds.Row row : MagicOpenIds.table()) {
      assertThat(docs).contains("| `" + row.openId() + "` | " + row.meaning() + " |");
    }
    for (EffectKind kind : EffectKind.values()) {
      assertThat(docs)
          .contains(
              "| `%s` | %s | %s |"
                  .formatted(kind.label(), kind.meaning(), kind.processed() ? "yes" : "no"));
    }
    for (PushFaultKind kind : PushFaultKind.values()) {
      assertThat(docs).contains("| `%s` | %s |".formatted(kind.label(), kind.meaning()));
    }
    assertThat(docs).contains(Long.toString(StrayAnswer.MSGID), StrayAnswer.TOKEN);
    for (SandboxTemplate template : SandboxTemplates.ALL) {
      assertThat(docs).contains(template.id());
    }
  }
}
