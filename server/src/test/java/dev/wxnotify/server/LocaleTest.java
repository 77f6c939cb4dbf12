package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxTemplates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program as cron and containers start it: without a locale, where the JVM reads ASCII. */
@Timeout(120)
class LocaleTest {
  private static final String HEADER = "open_id,goods_name,time,corp_id,customer_id\n";
  private static final String REMEDY = "set LANG=C.UTF-8";

  @ParameterizedTest
  @CsvSource({
    "64, --goods-name, send seckill --open-id=o --time=20:00 --corp-id=1 --goods-name 咖啡杯",
    "2, --campaign, batch rows.csv --results=r.ndjson --campaign=周一早",
    "2, argument 2, batch 名单.csv --results=r.ndjson --campaign=c",
    "64, argument 1, 咖啡",
  })
  void argument_thatTheLocaleDestroys_isRefusedWithTheRemedy(int code, String name, String args)
      throws Exception {
    try (WxnotifyProcess process =
        WxnotifyProcess.startWithoutLocale(Map.of(), List.of(), args.split(" "))) {
      assertThat(process.exitCode()).isEqualTo(code);
      assertThat(process.err())
          .startsWith("wxnotify: " + name + " has text that this process cannot read")
          .contains(REMEDY)
          .doesNotContain("\uFFFD");
      assertThat(process.out()).isEmpty();
    }
  }

  @Test
  void variable_thatTheLocaleDestroys_isAMistakeOfTheConfiguration() throws Exception {
    try (WxnotifyProcess process =
        WxnotifyProcess.startWithoutLocale(
            Map.of(
                "WXNOTIFY_APPS_SHOP_APP_ID",
                "wx-shop",
                "WXNOTIFY_APPS_SHOP_APP_SECRET",
                "s",
                "WXNOTIFY_APPS_SHOP_SECKILL_NOTE",
                "秒杀开始"),
            List.of(),
            "serve")) {
      assertThat(process.exitCode()).isEqualTo(78);
      assertThat(process.err())
          .contains("WXNOTIFY_APPS_SHOP_SECKILL_NOTE: has text that this process cannot read")
          .contains(REMEDY);
    }
  }

  @Test
  void localeOfUtf8_argumentsAndFileNames_areIntact(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("list.csv"), HEADER + "o-1,茶,20:00,1,2\n");
    try (RunningServer server =
            RunningServer.start(
                SandboxOptions.defaults(),
                Map.of(
                    "wxnotify.apps.shop.seckill.template-id",
                    SandboxTemplates.SECKILL_TEMPLATE_ID));
        WxnotifyProcess process =
            WxnotifyProcess.startWithoutLocale(
                Map.of(),
                List.of("LANG=C.UTF-8"),
                "batch",
                directory + "/list.csv",
                "--results=" + directory + "/结果.ndjson",
                "--campaign=周一早",
                "--validate-only",
                "--server=127.0.0.1:" + server.port())) {
      assertThat(process.exitCode()).as(process.err()).isZero();
    }
    try (Stream<Path> files = Files.list(directory)) {
      Path results =
          files.filter(path -> path.toString().endsWith(".ndjson")).findAny().orElseThrow();
      assertThat(Files.readString(results)).contains("周一早/1");
    }
  }

  @Test
  void noLocale_whatIsPrinted_isUtf8(@TempDir Path directory) throws Exception {
    Path list = directory.resolve("list.csv");
    Files.writeString(list, HEADER.replace("\n", ",state\n") + "o-1,茶,20:00,1,2,正式版\n");
    try (WxnotifyProcess process =
        WxnotifyProcess.startWithoutLocale(
            Map.of(), List.of(), "batch", list.toString(), "--campaign=c", "--validate-only")) {
      assertThat(process.exitCode()).isEqualTo(1);
      assertThat(process.err()).contains("line 2: state: '正式版' (expected: ");
    }
  }
}
