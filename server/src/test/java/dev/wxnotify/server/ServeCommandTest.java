package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServeCommandTest {
  private static final String SECRET = "0123456789abcdef-s3cr3t";

  /** As on a kernel that has neither io_uring nor epoll for us. */
  private static final String NO_NATIVE_TRANSPORT = "-Dio.netty.transport.noNative=true";

  @ParameterizedTest
  @ValueSource(strings = {"WXNOTIFY_GRPC_PORT", "WXNOTIFY_MONITORING_PORT"})
  void serve_portInUse_exitsWith69AndOneClearLine(String port) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        WxnotifyProcess process =
            WxnotifyProcess.start(
                Map.of(
                    "WXNOTIFY_APPS_MAIN_APP_ID",
                    "wx-main",
                    "WXNOTIFY_APPS_MAIN_APP_SECRET",
                    SECRET,
                    "WXNOTIFY_WECHAT_BASE_URL",
                    "http://127.0.0.1:1",
                    port,
                    String.valueOf(taken.getLocalPort())),
                "serve")) {
      assertThat(process.exitCode()).isEqualTo(69);
      assertThat(process.err().lines())
          .singleElement()
          .asString()
          .startsWith("wxnotify: could not start: ")
          .contains("127.0.0.1:" + taken.getLocalPort(), "in use");
    }
  }

  @Test
  void serve_sandboxPortInUse_exitsWith69AndOneClearLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        WxnotifyProcess process =
            WxnotifyProcess.start(
                Map.of("WXNOTIFY_GRPC_PORT", "0"),
                "serve",
                "--sandbox",
                "--sandbox-port",
                String.valueOf(taken.getLocalPort()))) {
      assertThat(process.exitCode()).isEqualTo(69);
      assertThat(process.err().lines())
          .singleElement()
          .asString()
          .startsWith("wxnotify: could not start: ")
          .contains("in use");
    }
  }

  @Test
  void serve_transportThatCannotBeHad_exitsWith78AndSaysWhy() throws Exception {
    try (WxnotifyProcess process =
        WxnotifyProcess.start(
            Map.of(
                "WXNOTIFY_IO_TRANSPORT", "io_uring",
                "WXNOTIFY_GRPC_PORT", "0",
                "JDK_JAVA_OPTIONS", NO_NATIVE_TRANSPORT),
            "serve",
            "--sandbox")) {
      assertThat(process.exitCode()).isEqualTo(78);
      assertThat(process.err().lines())
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains("wxnotify.io.transport: io_uring is not available here: "));
    }
  }

  @Test
  void serve_noNativeTransport_goesOnWithThatOfTheJdk() throws Exception {
    try (WxnotifyProcess process =
        WxnotifyProcess.start(
            Map.of(
                "WXNOTIFY_IO_TRANSPORT", "auto",
                "WXNOTIFY_GRPC_PORT", "0",
                "JDK_JAVA_OPTIONS", NO_NATIVE_TRANSPORT),
            "serve",
            "--sandbox")) {
      assertThat(process.awaitErr(" ready: ")).contains("sockets by nio,");
    }
  }

  @Test
  void serve_wrongConfiguration_exitsWith78AndEveryKey(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("wxnotify.yaml"),
            """
            wxnotify:
              grpc:
                prot: 1
                max-in-flight: lots
              apps:
                main:
                  app-secret: 0123456789abcdef-s3cr3t
            """);
    try (WxnotifyProcess process =
        WxnotifyProcess.start(
            Map.of("WXNOTIFY_WECHAT_BASE_URL", "http://api.weixin.qq.com"),
            "serve",
            "--config",
            file.toString())) {
      assertThat(process.exitCode()).isEqualTo(78);
      assertThat(process.err())
          .startsWith("wxnotify: the configuration is wrong:")
          .contains(
              "\n  wxnotify.grpc.prot: ",
              "\n  wxnotify.grpc.max-in-flight: ",
              "\n  wxnotify.apps.main.app-id: ",
              "\n  wxnotify.wechat.base-url: ")
          .doesNotContain(SECRET);
      assertThat(process.err().lines()).hasSize(5);
      assertThat(process.out()).isEmpty();
    }
  }

  /** The sandbox brings the one app: a second one in the file is refused while it runs too. */
  @Test
  void serve_changedFile_isUsed_andTheRuleOfTheSandboxHolds(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("wxnotify.yaml");
    String callers = "wxnotify:\n  grpc:\n    callers:\n      crm: {token-sha256: %s}\n";
    Files.writeString(file, callers.formatted("0".repeat(64)));
    try (WxnotifyProcess process =
        WxnotifyProcess.start(
            Map.of("WXNOTIFY_GRPC_PORT", "0"), "serve", "--sandbox", "--config", file.toString())) {
      process.awaitErr(" ready: ");

      replace(file, callers.formatted("1".repeat(64)));
      assertThat(process.awaitErr("configuration file: applied: "))
          .endsWith("applied: callers changed: crm");
      replace(
          file,
          callers.formatted("1".repeat(64)) + "  apps: {club: {app-id: wx, app-secret: s3cr3t}}\n");
      assertThat(process.awaitErr("configuration file: 1 mistake"))
          .contains("--sandbox brings its own app");
    }
  }

  private static void replace(Path file, String content) throws Exception {
    Files.move(
        Files.writeString(file.resolveSibling("next"), content),
        file,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void serve_noConfiguration_exitsWith78() throws Exception {
    try (WxnotifyProcess process = WxnotifyProcess.start(Map.of(), "serve")) {
      assertThat(process.exitCode()).isEqualTo(78);
      assertThat(process.err()).contains("wxnotify.apps: there is none");
    }
  }

  @Test
  void serve_absentFile_exitsWith78(@TempDir Path directory) throws Exception {
    Path absent = directory.resolve("absent.yaml");
    try (WxnotifyProcess process =
        WxnotifyProcess.start(Map.of(), "serve", "--config", absent.toString())) {
      assertThat(process.exitCode()).isEqualTo(78);
      assertThat(process.err())
          .contains("--config: does not exist")
          .doesNotContain(absent.toString());
    }
  }

  @Test
  void serve_sandboxBesideAnotherApp_exitsWith78() throws Exception {
    try (WxnotifyProcess process =
        WxnotifyProcess.start(
            Map.of(
                "WXNOTIFY_GRPC_PORT", "0",
                "WXNOTIFY_APPS_MAIN_APP_ID", "wx-main",
                "WXNOTIFY_APPS_MAIN_APP_SECRET", SECRET),
            "serve",
            "--sandbox")) {
      assertThat(process.exitCode()).isEqualTo(78);
      assertThat(process.err()).contains("wxnotify.apps: --sandbox brings its own app");
    }
  }

  @Test
  void serve_sandbox_sendsUntilItIsTerminatedAndExitsWith0() throws Exception {
    try (WxnotifyProcess server =
        WxnotifyProcess.start(
            Map.of("WXNOTIFY_GRPC_PORT", "0", "WXNOTIFY_LOG_LEVEL", "INFO"),
            "serve",
            "--sandbox")) {
      String ready = server.awaitErr("ready: gRPC on ");
      String address = ready.replaceAll(".*ready: gRPC on (\\S+),.*", "$1");

      try (WxnotifyProcess client =
          WxnotifyProcess.start(
              Map.of(),
              "send",
              "seckill",
              "--server=" + address,
              "--open-id=some-user",
              "--goods-name=Coffee",
              "--time=2026-11-24 20:00",
              "--corp-id=1",
              "--customer-id=2")) {
        assertThat(client.exitCode()).isZero();
        assertThat(client.out()).startsWith("ACCEPTED  message_id ");
      }

      server.terminate();
      assertThat(server.exitCode()).isZero();
      assertThat(server.err()).contains("stopped").doesNotContain("Exception");
      assertThat(server.out()).contains("grpcurl -plaintext " + address + " list");
    }
  }

  @Test
  void serve_logAsJson_hasOneObjectInEachLineAndTheTraceOfAFailedCall() throws Exception {
    try (WxnotifyProcess server =
        WxnotifyProcess.start(
            Map.of("WXNOTIFY_GRPC_PORT", "0", "WXNOTIFY_LOG_FORMAT", "json"),
            "serve",
            "--sandbox")) {
      String ready = server.awaitErr("ready: gRPC on ");
      String address = ready.replaceAll(".*ready: gRPC on ([0-9.:]+),.*", "$1");
      Metadata headers = new Metadata();
      headers.put(
          Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
      ManagedChannel channel =
          Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).build();
      try {
        assertThatThrownBy(
                () ->
                    NotificationServiceGrpc.newBlockingStub(channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .sendSeckillMessage(
                            SendSeckillMessageRequest.newBuilder()
                                .setMessage(
                                    SeckillMessage.newBuilder()
                                        .setOpenId("sandbox-40003")
                                        .setGoodsName("Coffee")
                                        .setTime("20:00")
                                        .setCorpId("1")
                                        .setCustomerId("2"))
                                .build()))
            .hasMessageContaining("INVALID_ARGUMENT");
      } finally {
        channel.shutdownNow();
      }
      JsonNode line = new ObjectMapper().readTree(server.awaitErr("INVALID_OPEN_ID"));
      assertThat(line.get("trace_id").asText()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
      assertThat(line.get("open_id").asText()).isEqualTo("san***003");
      assertThat(line.get("errcode").asInt()).isEqualTo(40003);
      assertThat(line.get("rid").asText()).isNotEmpty();

      server.terminate();
      assertThat(server.exitCode()).isZero();
      assertThat(server.err().lines())
          .allSatisfy(each -> assertThat(new ObjectMapper().readTree(each).isObject()).isTrue())
          .last()
          .asString()
          .contains("\"message\":\"stopped\"");
    }
  }

  /** A caller could fill the log with stack traces otherwise. */
  @Test
  void serve_requestsThatAreTooLarge_leaveNothingInTheLog() throws Exception {
    try (WxnotifyProcess server =
        WxnotifyProcess.start(Map.of("WXNOTIFY_GRPC_PORT", "0"), "serve", "--sandbox")) {
      String ready = server.awaitErr("ready: gRPC on ");
      ManagedChannel channel =
          Grpc.newChannelBuilder(
                  ready.replaceAll(".*ready: gRPC on ([0-9.:]+),.*", "$1"),
                  InsecureChannelCredentials.create())
              .build();
      try {
        var stub = NotificationServiceGrpc.newBlockingStub(channel);
        SendSeckillMessageRequest tooLarge =
            SendSeckillMessageRequest.newBuilder().setRequestId("x".repeat(300_000)).build();
        assertThatThrownBy(() -> stub.sendSeckillMessage(tooLarge))
            .hasMessageContaining("RESOURCE_EXHAUSTED");
        assertThatThrownBy(() -> stub.withCompression("gzip").sendSeckillMessage(tooLarge))
            .hasMessageContaining("INVALID_ARGUMENT");
      } finally {
        channel.shutdownNow();
      }

      server.terminate();
      assertThat(server.exitCode()).isZero();
      assertThat(server.err()).contains("stopped").doesNotContain("WARN", "ERROR", "\tat ");
    }
  }

  @Test
  void serve_tracesByAnUnknownExporter_exitsWith78() throws Exception {
    try (WxnotifyProcess process =
        WxnotifyProcess.start(
            Map.of("WXNOTIFY_GRPC_PORT", "0", "OTEL_TRACES_EXPORTER", "zipkin"),
            "serve",
            "--sandbox")) {
      assertThat(process.exitCode()).isEqualTo(78);
      assertThat(process.err())
          .contains("OTEL_TRACES_EXPORTER: expected: otlp or none")
          .doesNotContain("zipkin");
    }
  }

  /** Nor of the console, whose first page nobody has asked for. */
  @Test
  void serve_noTracesAskedFor_loadsNothingOfOpenTelemetry(@TempDir Path directory)
      throws Exception {
    Path loaded = directory.resolve("loaded");
    try (WxnotifyProcess server =
        WxnotifyProcess.start(
            Map.of(
                "WXNOTIFY_GRPC_PORT", "0",
                "OTEL_SERVICE_NAME", "some",
                "JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + loaded),
            "serve",
            "--sandbox")) {
      var ignored = server.awaitErr("ready: gRPC on ");
      server.terminate();
      assertThat(server.exitCode()).isZero();
    }

    assertThat(Files.readString(loaded))
        .contains("dev.wxnotify.server.NotificationServer")
        .doesNotContain("io.opentelemetry")
        .contains("dev.wxnotify.server.pages.Pages ")
        .doesNotContain("gg.jte", "dev.wxnotify.web.Layout ", "dev.wxnotify.web.Templates ")
        .doesNotContain("dev.wxnotify.server.pages.PageRoutes ");
  }
}
