package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxTemplates;
import dev.wxnotify.server.testing.TestCa;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The commands that call a server, against one that asks for a client certificate and a token. */
@Timeout(60)
class CommandsOverTlsTest {
  private static final String TOKEN = "token-of-the-shop-0123456789";

  private final Path directory;
  private final RunningServer server;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  CommandsOverTlsTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    TestCa ca = new TestCa("authority");
    Files.writeString(file("ca.pem"), ca.pem());
    Files.writeString(file("token"), TOKEN + "\n");
    ca.issueForLoopback("server").writeTo(directory, "server");
    ca.issue("client").writeTo(directory, "client");
    server =
        RunningServer.start(
            SandboxOptions.defaults(),
            Map.of(
                "wxnotify.grpc.tls.certificate", file("server.crt").toString(),
                "wxnotify.grpc.tls.private-key", file("server.key").toString(),
                "wxnotify.grpc.tls.client-ca", file("ca.pem").toString(),
                "wxnotify.grpc.callers.shop.token-sha256", sha256(TOKEN),
                "wxnotify.apps.shop.seckill.template-id", SandboxTemplates.SECKILL_TEMPLATE_ID));
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void send_withEverything_sends() {
    assertThat(run(send(), credentials())).as(out.toString() + err).isZero();
    assertThat(out.toString()).startsWith("ACCEPTED");
  }

  @Test
  void batch_withEverything_sends() throws Exception {
    Files.writeString(
        file("rows.csv"), "open_id,goods_name,time,corp_id,customer_id\no-1,Coffee,20:00,1,2\n");

    assertThat(run(batch(), credentials())).as(out.toString() + err).isZero();
    assertThat(server.sandbox().messages()).hasSize(1);
  }

  @Test
  void send_withoutToken_isToldWhatTheServerSaid() {
    assertThat(
            run(
                send(),
                Stream.of(credentials())
                    .filter(option -> !option.startsWith("--bearer"))
                    .toArray(String[]::new)))
        .isEqualTo(1);
    assertThat(out.toString()).startsWith("NOT_SENT  UNAUTHENTICATED");
  }

  @Test
  void batch_withoutToken_cannotBeFinished() throws Exception {
    Files.writeString(
        file("rows.csv"), "open_id,goods_name,time,corp_id,customer_id\no-1,Coffee,20:00,1,2\n");

    assertThat(
            run(
                batch(),
                Stream.of(credentials())
                    .filter(option -> !option.startsWith("--bearer"))
                    .toArray(String[]::new)))
        .isEqualTo(3);
    assertThat(out.toString()).containsPattern("NOT_SENT +UNAUTHENTICATED +1");
    assertThat(server.sandbox().messages()).isEmpty();
  }

  @Test
  void send_withoutClientCertificate_isNotSent() {
    assertThat(run(send(), "--ca=" + file("ca.pem"))).isEqualTo(1);
    assertThat(out.toString()).startsWith("NO ANSWER").contains("the message was not sent");
  }

  @Test
  void send_toAServerThatIsNotTrusted_isNotSent() {
    assertThat(run(send(), "--tls")).isEqualTo(1);
    assertThat(out.toString()).startsWith("NO ANSWER").contains("the message was not sent");
  }

  @ParameterizedTest
  @CsvSource({
    "--certificate=x.pem, must be given together",
    "--private-key=x.pem, must be given together",
    "--ca=/nowhere/s3cr3t, --ca: the file does not exist",
    "--bearer-token-file=/nowhere/s3cr3t, --bearer-token-file: the file does not exist",
    "--bearer-token-file=/dev/zero, --bearer-token-file: the file is not a regular file",
  })
  void option_wrong_isTold(String option, String told) {
    assertThat(run(send(), option)).isEqualTo(Main.EXIT_USAGE);
    assertThat(err.toString()).contains(told).doesNotContain("s3cr3t");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"s3cr3t\"", "s3cr3t\nmore", "s3\0cr3t", "\n"})
  void tokenFile_thatIsNoToken_isRefusedWithoutItsContent(String content) throws Exception {
    Files.writeString(file("token"), content);

    assertThat(run(send(), "--bearer-token-file=" + file("token"))).isEqualTo(Main.EXIT_USAGE);
    assertThat(err.toString()).contains("--bearer-token-file: the file ").doesNotContain("s3cr3t");
  }

  @Test
  void tokenFile_withAByteOrderMark_isTheTokenAlone() throws Exception {
    Files.writeString(file("token"), "\uFEFF" + Files.readString(file("token")) + "\r\n");

    assertThat(run(send(), credentials())).isZero();
  }

  private String[] credentials() {
    return new String[] {
      "--ca=" + file("ca.pem"),
      "--certificate=" + file("client.crt"),
      "--private-key=" + file("client.key"),
      "--authority=localhost",
      "--bearer-token-file=" + file("token")
    };
  }

  private static String[] send() {
    return new String[] {
      "send",
      "seckill",
      "--open-id=o-1",
      "--goods-name=Coffee",
      "--time=20:00",
      "--corp-id=1",
      "--customer-id=2"
    };
  }

  private String[] batch() {
    return new String[] {
      "batch",
      file("rows.csv").toString(),
      "--results=" + file("results.ndjson"),
      "--campaign=c",
      "--progress=plain"
    };
  }

  private int run(String[] command, String... options) {
    CommandLine commandLine =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return commandLine.execute(
        Stream.of(
                Stream.of(command),
                Stream.of(options),
                Stream.of("--server=127.0.0.1:" + server.port()))
            .flatMap(part -> part)
            .toArray(String[]::new));
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private static String sha256(String text) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash);
  }
}
