package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.config.ConfigWatch.Result;
import dev.wxnotify.server.config.ServerSettings.AppSettings;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.LogCapture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of each change of the configuration file; most looks are the test's own. */
class ConfigWatchTest extends ConfigFixture {
  private static final String SHOP =
      """
      wxnotify:
        apps:
          shop:
            app-id: wx-shop
            app-secret: %s
            default: true
      """
          .formatted(SECRET);

  private static final String CLUB = "    club: {app-id: wx-club, app-secret: club-secret-hush}\n";

  private final List<ServerSettings> used = new CopyOnWriteArrayList<>();
  private final List<Result> results = new CopyOnWriteArrayList<>();
  private final LogCapture log = LogCapture.open();
  private final Path file;

  ConfigWatchTest(@TempDir Path directory) {
    super(directory);
    this.file = directory.resolve("wxnotify.yaml");
  }

  @AfterEach
  void close() {
    log.close();
  }

  private ConfigWatch watch(String yaml, Map<String, String> environment) throws Exception {
    Files.writeString(file, yaml);
    Configuration started =
        Configuration.load(file, environment, Map.of(), ConfigWatchTest::requireFewApps);
    return new ConfigWatch(file, started, settings -> use(started, settings), results::add);
  }

  private ConfigWatch watch(String yaml) throws Exception {
    return watch(yaml, Map.of());
  }

  private static void requireFewApps(ServerSettings settings) throws ConfigurationException {
    if (settings.apps().size() > 2) {
      throw new ConfigurationException(List.of("wxnotify.apps: more than the command takes"));
    }
  }

  private String use(Configuration started, ServerSettings settings) {
    List<String> before = appIds(used.isEmpty() ? started.settings() : last());
    used.add(settings);
    return before.equals(appIds(settings)) ? "" : "now " + appIds(settings);
  }

  private static List<String> appIds(ServerSettings settings) {
    return settings.apps().stream().map(AppSettings::appId).sorted().toList();
  }

  private ServerSettings last() {
    return used.get(used.size() - 1);
  }

  /** Writes the file, and looks at it so often that all is said of it. */
  private void change(ConfigWatch watch, String yaml) throws Exception {
    Files.writeString(file, yaml);
    lookOften(watch);
  }

  private static void lookOften(ConfigWatch watch) {
    for (int i = 0; i < 4; i++) {
      watch.look();
    }
  }

  private List<String> warnings() {
    return log.lines(Level.WARN, "configuration file: ");
  }

  @Test
  void file_asItWas_isNotUsedAgain() throws Exception {
    lookOften(watch(SHOP));

    assertThat(used).isEmpty();
    assertThat(results).isEmpty();
  }

  @Test
  void file_withOneAppMore_isUsedOnce_andSaidInOneLine() throws Exception {
    ConfigWatch watch = watch(SHOP);

    change(watch, SHOP + CLUB);

    assertThat(used).hasSize(1);
    assertThat(appIds(last())).containsExactly("wx-club", "wx-shop");
    assertThat(log.lines(Level.INFO, "configuration file: "))
        .containsExactly("configuration file: applied: now [wx-club, wx-shop]");
    assertThat(warnings()).isEmpty();
    assertThat(results).containsExactly(Result.APPLIED);
  }

  @Test
  void file_thatStillGrows_isUsedWhenItRests() throws Exception {
    ConfigWatch watch = watch(SHOP);
    for (String part : List.of("", SHOP.substring(0, 9), SHOP + "    club: {app-id", SHOP + CLUB)) {
      Files.writeString(file, part);
      watch.look();
    }
    assertThat(used).isEmpty();
    assertThat(results).isEmpty();
    assertThat(watch.trouble()).isEmpty();

    watch.look();

    assertThat(appIds(last())).containsExactly("wx-club", "wx-shop");
  }

  @Test
  void file_emptyOrGoneOrADirectory_changesNothing_andIsSaidOnceEach() throws Exception {
    ConfigWatch watch = watch(SHOP);

    change(watch, "");
    assertThat(watch.trouble()).hasValue("--config: is empty");
    change(watch, "# nothing but a comment\n");
    assertThat(watch.trouble()).hasValue("--config: is empty");
    Files.delete(file);
    lookOften(watch);
    assertThat(watch.trouble()).hasValue("--config: does not exist");
    Files.createDirectory(file);
    lookOften(watch);
    assertThat(watch.trouble()).hasValue("--config: is a directory, not a file");
    assertThat(warnings()).hasSize(4);
    assertThat(results).containsOnly(Result.REFUSED).hasSize(4);

    Files.delete(file);
    change(watch, SHOP);
    assertThat(watch.trouble()).isEmpty();
    assertThat(log.lines(Level.INFO, "it can be used again; it is as before")).hasSize(1);
    assertThat(used).isEmpty();
  }

  @Test
  void file_goneForOneLook_isNoTrouble() throws Exception {
    ConfigWatch watch = watch(SHOP);
    Files.delete(file);
    watch.look();

    change(watch, SHOP);

    assertThat(warnings()).isEmpty();
  }

  @Test
  void file_withTwoMistakes_changesNothing_andBothAreSaidOnce_untilItIsCorrected()
      throws Exception {
    ConfigWatch watch = watch(SHOP);

    change(
        watch,
        SHOP
            + """
                club:
                  app-id: club-secret-hush club-secret-hush
                  app-secret: club-secret-hush
              grpc:
                port: club-secret-hush
            """);
    assertThat(used).isEmpty();
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("2 mistake(s)", "wxnotify.apps.club.app-id: ", "wxnotify.grpc.port: ");
    assertThat(watch.trouble().orElse(""))
        .contains("wxnotify.apps.club.app-id: ", "wxnotify.grpc.port: ");

    change(watch, SHOP + CLUB);
    assertThat(used).hasSize(1);
    assertThat(watch.trouble()).isEmpty();
    assertThat(results).containsExactly(Result.REFUSED, Result.APPLIED);
    assertThat(log.everything()).doesNotContain("hush", SECRET);
  }

  @Test
  void sameMistake_madeAgain_isSaidAgain() throws Exception {
    ConfigWatch watch = watch(SHOP);

    change(watch, "wxnotify: [");
    change(watch, SHOP);
    change(watch, "wxnotify: [");

    assertThat(warnings()).hasSize(2);
  }

  @Test
  void file_thatIsNoYaml_isSaidByItsLine() throws Exception {
    ConfigWatch watch = watch(SHOP);

    change(watch, SHOP + "    club: {app-id: [");

    assertThat(warnings()).singleElement().asString().contains("--config: is not valid YAML, line");
    assertThat(used).isEmpty();
  }

  /** Kubernetes brings a ConfigMap and the Secret that belongs to it one after the other. */
  @Test
  void mistakeInAFileThatItNames_isLookedAtAgain() throws Exception {
    ConfigWatch watch = watch(SHOP);
    Path secret = directory.resolve("club-secret");

    change(watch, SHOP + "    club: {app-id: wx-club, app-secret-file: " + secret + "}\n");
    assertThat(watch.trouble()).hasValue("wxnotify.apps.club.app-secret-file: does not exist");
    Files.writeString(secret, "'in-quotes-hush'");
    lookOften(watch);
    assertThat(watch.trouble().orElse("")).contains("has quotes around it");
    assertThat(warnings()).hasSize(2);
    Files.writeString(secret, "club-secret-hush");
    lookOften(watch);

    assertThat(appIds(last())).containsExactly("wx-club", "wx-shop");
    assertThat(results).containsExactly(Result.REFUSED, Result.APPLIED);
    assertThat(log.everything()).doesNotContain("hush");
  }

  @Test
  void otherKeys_thatChange_areSaidOnce_andAgainOnlyWhenTheyChangeAgain() throws Exception {
    ConfigWatch watch = watch(SHOP);
    String port = "  grpc:\n    port: 9191\n  log:\n    level: DEBUG\n";

    change(watch, SHOP + port);
    assertThat(warnings())
        .singleElement()
        .asString()
        .endsWith("need a restart: wxnotify.grpc.port, wxnotify.log.level");
    assertThat(results).containsExactly(Result.UNCHANGED);
    assertThat(watch.trouble()).isEmpty();

    change(watch, SHOP + CLUB + port);
    assertThat(warnings()).as("after a change of an app").hasSize(1);
    assertThat(results).containsExactly(Result.UNCHANGED, Result.APPLIED);

    change(watch, SHOP + CLUB + port.replace("9191", "9292"));
    assertThat(warnings()).hasSize(2);
    assertThat(warnings().get(1)).endsWith("need a restart: wxnotify.grpc.port");

    change(watch, SHOP + CLUB);
    assertThat(warnings()).as("as at the start again").hasSize(2);
  }

  @Test
  void environment_staysPreferred_andAsItWas() throws Exception {
    ConfigWatch watch =
        watch(
            SHOP,
            Map.of("WXNOTIFY_GRPC_PORT", "9393", "WXNOTIFY_APPS_SHOP_SECKILL_PAGE", "pages/e"));

    change(watch, SHOP + "      seckill: {page: pages/f}\n" + CLUB + "  grpc: {port: 9494}\n");

    assertThat(last().grpc().address().getPort()).isEqualTo(9393);
    assertThat(
            last().apps().stream()
                .filter(app -> app.appId().equals("wx-shop"))
                .map(app -> app.seckill().page()))
        .containsExactly("pages/e");
    assertThat(warnings()).isEmpty();
  }

  @Test
  void firstCaller_needsARestart() throws Exception {
    ConfigWatch watch = watch(SHOP);

    change(watch, SHOP + CLUB + "  grpc:\n    callers:\n      a: {token-sha256: " + HASH + "}\n");

    assertThat(watch.trouble().orElse("")).startsWith("wxnotify.grpc.callers: the first one");
    assertThat(used).isEmpty();
  }

  @Test
  void lastCaller_removed_needsARestart_andAnotherOneDoesNot() throws Exception {
    String a = "      a: {token-sha256: " + HASH + "}\n";
    String b = "      b: {token-sha256: " + OTHER_HASH + "}\n";
    String callers = "  grpc:\n    callers:\n";
    ConfigWatch watch = watch(SHOP + callers + a + b);

    change(watch, SHOP + callers + b);
    assertThat(last().grpc().callers()).hasSize(1);
    change(watch, SHOP);

    assertThat(watch.trouble().orElse("")).startsWith("wxnotify.grpc.callers: ");
    assertThat(used).hasSize(1);
  }

  @Test
  void checkOfTheCommand_countsForLaterContentsToo() throws Exception {
    ConfigWatch watch = watch(SHOP);

    change(watch, SHOP + CLUB + CLUB.replace("club", "third"));

    assertThat(watch.trouble()).hasValue("wxnotify.apps: more than the command takes");
    assertThat(used).isEmpty();
  }

  /** As Kubernetes mounts a ConfigMap; here the looks are those of the thread for files. */
  @Test
  void link_turned_isUsed() throws Exception {
    Path v1 = Files.createDirectory(directory.resolve("..v1"));
    Path v2 = Files.createDirectory(directory.resolve("..v2"));
    Files.writeString(v1.resolve("wxnotify.yaml"), SHOP);
    Files.writeString(v2.resolve("wxnotify.yaml"), SHOP + CLUB);
    Path data = Files.createSymbolicLink(directory.resolve("..data"), v1.getFileName());
    Files.createSymbolicLink(file, Path.of("..data", "wxnotify.yaml"));
    try (WatchedFiles files = new WatchedFiles(Duration.ofMillis(5))) {
      Configuration started = Configuration.load(file, Map.of(), Map.of(), settings -> {});
      assertThat(ConfigWatch.of(started, files, settings -> use(started, settings), results::add))
          .isPresent();
      files.start();

      Files.move(
          Files.createSymbolicLink(directory.resolve("..tmp"), v2.getFileName()),
          data,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);

      Await.until("the new one is used", () -> !used.isEmpty());
      assertThat(appIds(last())).containsExactly("wx-club", "wx-shop");
    }
  }

  @Test
  void configurationWithoutAFile_isNotWatched() throws Exception {
    try (WatchedFiles files = new WatchedFiles(Duration.ofMillis(5))) {
      Configuration ofVariables =
          Configuration.load(null, variables(ONE_APP), Map.of(), settings -> {});

      assertThat(ConfigWatch.of(ofVariables, files, settings -> "", results::add)).isEmpty();
    }
  }
}
