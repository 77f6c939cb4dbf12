package dev.wxnotify.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.Status;
import dev.wxnotify.v1.GetTemplateRequest;
import dev.wxnotify.v1.GetTemplateResponse;
import dev.wxnotify.v1.Keyword;
import dev.wxnotify.v1.ListTemplatesRequest;
import dev.wxnotify.v1.ListTemplatesResponse;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.Template;
import dev.wxnotify.v1.TemplateKind;
import dev.wxnotify.v1.TemplateServiceGrpc.TemplateServiceImplBase;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class TemplatesCommandTest {
  private static final Timestamp FETCHED_AT =
      Timestamp.newBuilder().setSeconds(1_700_000_000).build();
  private static final Template DEVICE =
      Template.newBuilder()
          .setAppId("wx-1")
          .setTemplateId("T-device")
          .setTitle("设备状态")
          .setKind(TemplateKind.TEMPLATE_KIND_LONG_TERM)
          .addKeywords(keyword("time1", "时间", "20:00"))
          .addKeywords(
              keyword("enum_string2", "设备状态", "故障").addEnumValues("运行中").addEnumValues("故障"))
          .addKeywords(keyword("thing3", "", "a\nb"))
          .build();
  private static final Template EMPTY = Template.newBuilder().setTemplateId("T-empty").build();

  private final FakeTemplates service = new FakeTemplates();
  private final Server server;
  private final String address;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  TemplatesCommandTest() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(service)
            .build()
            .start();
    address = "127.0.0.1:" + server.getPort();
  }

  @AfterEach
  void close() {
    server.shutdownNow();
  }

  private static Keyword.Builder keyword(String key, String label, String example) {
    return Keyword.newBuilder().setKey(key).setLabel(label).setExample(example);
  }

  private static final class FakeTemplates extends TemplateServiceImplBase {
    final List<ListTemplatesRequest> lists = new CopyOnWriteArrayList<>();
    final List<GetTemplateRequest> gets = new CopyOnWriteArrayList<>();
    volatile @Nullable Throwable failure;

    @Override
    public void listTemplates(
        ListTemplatesRequest request, StreamObserver<ListTemplatesResponse> responses) {
      lists.add(request);
      answer(
          ListTemplatesResponse.newBuilder()
              .addTemplates(DEVICE)
              .addTemplates(EMPTY)
              .setFetchedAt(FETCHED_AT)
              .build(),
          responses);
    }

    @Override
    public void getTemplate(
        GetTemplateRequest request, StreamObserver<GetTemplateResponse> responses) {
      gets.add(request);
      answer(
          GetTemplateResponse.newBuilder().setTemplate(DEVICE).setFetchedAt(FETCHED_AT).build(),
          responses);
    }

    private <R> void answer(R response, StreamObserver<R> responses) {
      Throwable fault = failure;
      if (fault != null) {
        responses.onError(fault);
      } else {
        responses.onNext(response);
        responses.onCompleted();
      }
    }
  }

  @Test
  void list_isATableForEachTemplate_inColumnsOfATerminal() {
    assertThat(run()).isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            "T-device  设备状态  (long-term)",
            "  KEYWORD       LABEL     EXAMPLE  VALUES",
            "  time1         时间      20:00",
            "  enum_string2  设备状态  故障     运行中, 故障",
            "  thing3                  a b",
            "",
            "T-empty",
            "",
            "2 templates, as WeChat listed them at 2023-11-14T22:13:20Z");
    assertThat(service.lists).containsExactly(ListTemplatesRequest.getDefaultInstance());
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--app-id=wx-1", "--app=wx-1"})
  void options_areInTheRequest(String app) {
    assertThat(run(app, "--refresh")).isZero();
    assertThat(run(app, "--refresh", "--template-id=T-device")).isZero();
    assertThat(run(app, "--template=T-device")).isZero();

    assertThat(service.lists)
        .containsExactly(
            ListTemplatesRequest.newBuilder().setAppId("wx-1").setRefresh(true).build());
    GetTemplateRequest get =
        GetTemplateRequest.newBuilder().setAppId("wx-1").setTemplateId("T-device").build();
    assertThat(service.gets).containsExactly(get.toBuilder().setRefresh(true).build(), get);
    assertThat(out.toString()).contains("1 template, as WeChat");
  }

  @Test
  void json_isTheResponse() throws Exception {
    assertThat(run("--output=json")).isZero();
    ListTemplatesResponse.Builder list = ListTemplatesResponse.newBuilder();
    JsonFormat.parser().merge(out.toString(), list);
    assertThat(list.getTemplatesList()).containsExactly(DEVICE, EMPTY);
    assertThat(out.toString()).contains("\"template_id\": \"T-device\"");

    out.getBuffer().setLength(0);
    assertThat(run("--output=json", "--template-id=T-device")).isZero();
    GetTemplateResponse.Builder one = GetTemplateResponse.newBuilder();
    JsonFormat.parser().merge(out.toString(), one);
    assertThat(one.getTemplate()).isEqualTo(DEVICE);
  }

  @Test
  void failure_isOnStandardError_andStandardOutputIsEmpty() {
    SendError error =
        SendError.newBuilder()
            .setCode(5)
            .setReason(ErrorReason.NOT_FOUND)
            .setOutcome(Outcome.OUTCOME_REJECTED)
            .setMessage("the app has no template T")
            .build();
    service.failure =
        StatusProto.toStatusRuntimeException(
            Status.newBuilder().setCode(5).addDetails(Any.pack(error)).build());

    assertThat(run("--template-id=T", "--output=json")).isEqualTo(1);

    assertThat(err.toString().lines())
        .containsExactly("REJECTED  NOT_FOUND  (NOT_FOUND)", "  the app has no template T");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void server_notReached_isReported() {
    server.shutdownNow();

    assertThat(run()).isEqualTo(1);

    assertThat(err.toString()).startsWith("NO ANSWER  UNAVAILABLE").doesNotContain("message was");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--output=yaml", "--unknown", "--timeout=soon"})
  void option_wrong_isReportedAndNothingIsAsked(String option) {
    assertThat(run(option)).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(service.lists).isEmpty();
  }

  private int run(String... options) {
    List<String> args = new ArrayList<>(List.of(options));
    args.add("--server=" + address);
    return new CommandLine(new TemplatesCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args.toArray(String[]::new));
  }
}
