package com.example;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.BatchSummary;
import dev.wxnotify.v1.EventServiceProto;
import dev.wxnotify.v1.FieldViolation;
import dev.wxnotify.v1.ListTemplatesRequest;
import dev.wxnotify.v1.MessageServiceProto;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSeckillMessageResponse;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import dev.wxnotify.v1.SubscriptionServiceProto;
import dev.wxnotify.v1.TemplateServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the cases of conformance/cases.json: see the README there. */
public final class Conformance {
  private static final Pattern RID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{8}){2}");
  private static final Pattern FILL = Pattern.compile("\\{fill:(\\d+)}");
  private static final int TRIES = 20;

  private final ManagedChannel channel;
  private final String sandbox;
  private String messageId = "";
  private List<Running> held = new ArrayList<>();

  private Conformance(ManagedChannel channel, String sandbox) {
    this.channel = channel;
    this.sandbox = sandbox;
  }

  /** What a message got: by a unary call, or as an item of a batch. */
  private static final class Answer {
    String messageId = "";
    boolean replayed;
    SendError failure;
    com.google.rpc.Status status; // Of a unary call that failed; with its details.
    Status.Code code;

    String reason() {
      return failure == null ? "" : failure.getReason().name();
    }

    /** A deadline about which the service did not say what it meant for the message. */
    boolean isEndedByOwnClock() {
      return failure == null && code == Status.Code.DEADLINE_EXCEEDED;
    }

    @Override
    public String toString() {
      return status == null ? messageId + " " + failure : code + " " + status;
    }
  }

  /** A unary call under way, and what comes of it. */
  private static final class Running {
    ClientCall<byte[], byte[]> call;
    final BlockingQueue<Answer> answer = new LinkedBlockingQueue<>();

    Answer await() throws InterruptedException {
      Answer got = answer.poll(60, TimeUnit.SECONDS);
      expect(got != null, "no answer within a minute");
      return got;
    }
  }

  private static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Failed(String what) {
      super(what);
    }
  }

  private static void expect(boolean condition, Object... seen) {
    if (!condition) {
      StringBuilder text = new StringBuilder();
      for (Object what : seen) {
        text.append(what).append(' ');
      }
      throw new Failed(text.toString());
    }
  }

  public static void main(String[] args) throws Exception {
    if (args.length != 3) {
      System.err.println("usage: Conformance HOST:PORT SANDBOX_URL CASES_FILE");
      System.exit(64);
    }
    String run = String.format("%08x", ThreadLocalRandom.current().nextInt());
    String text = new String(Files.readAllBytes(Paths.get(args[2])), StandardCharsets.UTF_8);
    Matcher fill = FILL.matcher(text.replace("{run}", run));
    StringBuffer filled = new StringBuffer();
    while (fill.find()) {
      int length = Integer.parseInt(fill.group(1));
      fill.appendReplacement(filled, String.join("", Collections.nCopies(length, "x")));
    }
    fill.appendTail(filled);
    ManagedChannel channel =
        Grpc.newChannelBuilder(args[0], InsecureChannelCredentials.create()).build();
    // The server reads the templates in the background; messages are checked by them from then on.
    TemplateServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .listTemplates(ListTemplatesRequest.newBuilder().setRefresh(true).build());
    int passed = 0;
    int failed = 0;
    for (JsonElement one : array(parse(filled.toString()), "cases")) {
      for (JsonObject variant : varied(one.getAsJsonObject())) {
        String name = variant.get("name").getAsString();
        try {
          new Conformance(channel, args[1]).run(array(variant, "steps"));
          passed++;
          System.out.println("ok     " + name);
        } catch (Failed | IOException e) {
          failed++;
          System.out.println("FAILED " + name + " - " + e.getMessage());
        }
      }
    }
    channel.shutdownNow();
    System.out.println(passed + " passed, " + failed + " failed");
    System.exit(passed > 0 && failed == 0 ? 0 : 1);
  }

  /** The case once for each of its variants. */
  private static List<JsonObject> varied(JsonObject one) {
    List<JsonObject> all = new ArrayList<>();
    if (!one.has("vary")) {
      all.add(one);
      return all;
    }
    for (JsonElement variant : array(one, "vary")) {
      String text = one.toString().replace("{v}", variant.getAsString());
      int place = 1;
      for (String word : variant.getAsString().split(" ")) {
        text = text.replace("{v" + place++ + "}", word);
      }
      all.add(parse(text));
    }
    return all;
  }

  private void run(JsonArray steps) throws IOException, InterruptedException {
    try {
      for (JsonElement one : steps) {
        JsonObject step = one.getAsJsonObject();
        if (step.has("http")) {
          control(step);
        } else if (step.has("ask")) {
          ask(step);
        } else if (step.has("cancel")) {
          cancel();
        } else if (step.has("hold")) {
          hold(step);
        } else if (text(step, "call").equals("BatchSend")) {
          batch(step);
        } else {
          unary(step);
        }
      }
    } finally {
      cancel();
    }
  }

  private void unary(JsonObject step) throws IOException, InterruptedException {
    Answer got = start(step, 0).await();
    int chances = step.has("tries") ? step.get("tries").getAsInt() : 1;
    for (int n = 1; n < chances && got.isEndedByOwnClock(); n++) {
      got = start(step, n).await();
    }
    String again = text(step, "retry_while");
    for (int tries = 1; tries < TRIES && got.failure != null && got.reason().equals(again); tries++) {
      Thread.sleep(Durations.toMillis(got.failure.getRetryAfter()));
      got = start(step, 0).await();
    }
    check(step.getAsJsonObject("want"), got);
  }

  /** Sends bytes, so that those that are no request can be sent too. */
  private Running start(JsonObject step, int n) throws IOException {
    boolean subscribe = text(step, "call").equals("SendSubscribeMessage");
    byte[] request;
    if (step.has("raw")) {
      request = hex(text(step, "raw"));
    } else {
      Message.Builder message =
          subscribe
              ? SendSubscribeMessageRequest.newBuilder()
              : SendSeckillMessageRequest.newBuilder();
      JsonFormat.parser().merge(numbered(step.get("request"), n), message);
      request = message.build().toByteArray();
    }
    MethodDescriptor<byte[], byte[]> method =
        (subscribe
                ? NotificationServiceGrpc.getSendSubscribeMessageMethod()
                : NotificationServiceGrpc.getSendSeckillMessageMethod())
            .toBuilder(BYTES, BYTES)
            .build();
    long deadline = step.has("deadline_ms") ? step.get("deadline_ms").getAsLong() : 20_000;
    Running running = new Running();
    running.call =
        ClientInterceptors.intercept(
                channel, MetadataUtils.newAttachHeadersInterceptor(metadata(step)))
            .newCall(
                method, CallOptions.DEFAULT.withDeadlineAfter(deadline, TimeUnit.MILLISECONDS));
    ClientCalls.asyncUnaryCall(
        running.call,
        request,
        new StreamObserver<byte[]>() {
          private final Answer got = new Answer();

          @Override
          public void onNext(byte[] response) {
            try {
              if (subscribe) {
                SendSubscribeMessageResponse sent =
                    SendSubscribeMessageResponse.parseFrom(response);
                got.messageId = sent.getMessageId();
                got.replayed = sent.getReplayed();
              } else {
                SendSeckillMessageResponse sent = SendSeckillMessageResponse.parseFrom(response);
                got.messageId = sent.getMessageId();
                got.replayed = sent.getReplayed();
              }
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          }

          @Override
          public void onError(Throwable failure) {
            got.code = Status.fromThrowable(failure).getCode();
            got.status = StatusProto.fromThrowable(failure);
            got.failure = sendError(got.status);
            running.answer.add(got);
          }

          @Override
          public void onCompleted() {
            running.answer.add(got);
          }
        });
    return running;
  }

  /** Calls another service, until its answer has what is wanted; a watch has many answers. */
  private void ask(JsonObject step) throws IOException, InterruptedException {
    JsonObject filled = parse(step.toString().replace("{message_id}", messageId));
    JsonObject want = filled.getAsJsonObject("want");
    Object seen = null;
    for (int tries = 0; tries < 2 * TRIES; tries++) {
      try {
        seen = askOnce(filled, want.get("has"));
        if (want.has("has") && has((JsonElement) seen, want.get("has"))) {
          return;
        }
      } catch (StatusRuntimeException e) {
        Answer got = new Answer();
        got.code = e.getStatus().getCode();
        got.status = StatusProto.fromThrowable(e);
        got.failure = sendError(got.status);
        if (want.has("error")) {
          checkError(want.getAsJsonObject("error"), got);
          return;
        }
        seen = got;
      }
      expect(want.has("has"), "not refused:", seen);
      Thread.sleep(250);
    }
    throw new Failed("no answer has " + want.get("has") + "; the last one is " + seen);
  }

  /** Returns the answer; of a watch the first that has what is wanted. */
  private JsonElement askOnce(JsonObject step, JsonElement wanted) throws IOException {
    Descriptors.MethodDescriptor method = method(text(step, "ask"));
    DynamicMessage.Builder request = DynamicMessage.newBuilder(method.getInputType());
    JsonFormat.parser().merge(step.get("request").toString(), request);
    MethodDescriptor<byte[], byte[]> called =
        MethodDescriptor.newBuilder(BYTES, BYTES)
            .setFullMethodName("wxnotify.v1." + text(step, "ask"))
            .setType(
                method.isServerStreaming()
                    ? MethodDescriptor.MethodType.SERVER_STREAMING
                    : MethodDescriptor.MethodType.UNARY)
            .build();
    ClientCall<byte[], byte[]> call =
        ClientInterceptors.intercept(
                channel, MetadataUtils.newAttachHeadersInterceptor(metadata(step)))
            .newCall(called, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
    Iterator<byte[]> answers =
        ClientCalls.blockingServerStreamingCall(call, request.build().toByteArray());
    JsonElement seen = new JsonObject();
    while (answers.hasNext()) {
      DynamicMessage answer = DynamicMessage.parseFrom(method.getOutputType(), answers.next());
      seen = parse(JsonFormat.printer().print(answer));
      if (method.isServerStreaming() && wanted != null && has(seen, wanted)) {
        call.cancel("it was seen", null);
        break;
      }
    }
    return seen;
  }

  private static Descriptors.MethodDescriptor method(String name) {
    String[] names = name.split("/");
    for (Descriptors.FileDescriptor file :
        Arrays.asList(
            EventServiceProto.getDescriptor(),
            MessageServiceProto.getDescriptor(),
            SubscriptionServiceProto.getDescriptor())) {
      Descriptors.ServiceDescriptor service = file.findServiceByName(names[0]);
      if (service != null) {
        return service.findMethodByName(names[1]);
      }
    }
    throw new Failed("the contract has no " + name);
  }

  /** Whether everything that is wanted is in what was seen. */
  private static boolean has(JsonElement seen, JsonElement wanted) {
    if (wanted.isJsonObject()) {
      for (Map.Entry<String, JsonElement> part : wanted.getAsJsonObject().entrySet()) {
        if (!seen.isJsonObject()
            || !seen.getAsJsonObject().has(part.getKey())
            || !has(seen.getAsJsonObject().get(part.getKey()), part.getValue())) {
          return false;
        }
      }
      return seen.isJsonObject();
    }
    if (wanted.isJsonArray()) {
      for (JsonElement part : wanted.getAsJsonArray()) {
        boolean found = false;
        for (JsonElement one : seen.isJsonArray() ? seen.getAsJsonArray() : new JsonArray()) {
          found |= has(one, part);
        }
        if (!found) {
          return false;
        }
      }
      return seen.isJsonArray();
    }
    return seen.equals(wanted);
  }

  private static SendError sendError(com.google.rpc.Status status) {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(SendError.class)) {
        return unpack(detail, SendError.class);
      }
    }
    return null;
  }

  /** Starts calls that are not awaited, and returns when WeChat has read them all. */
  private void hold(JsonObject step) throws IOException, InterruptedException {
    int count = step.get("hold").getAsInt();
    long before = sendsReceived();
    for (int n = 0; n < count; n++) {
      held.add(start(step, n));
    }
    for (int tries = 0; tries < 1000; tries++) {
      if (sendsReceived() >= before + count) {
        return;
      }
      Thread.sleep(5);
    }
    throw new Failed("the held calls never reached WeChat");
  }

  private void cancel() throws InterruptedException {
    List<Running> all = held;
    held = new ArrayList<>();
    all.forEach(running -> running.call.cancel("the case is over", null));
    for (Running running : all) {
      Answer got = running.await();
      expect(got.code == Status.Code.CANCELLED, "a held call ended with", got);
    }
  }

  private long sendsReceived() throws IOException {
    return parse(http("GET", "/sandbox/state", null)).get("sends_received").getAsLong();
  }

  private void control(JsonObject step) throws IOException {
    String[] line = text(step, "http").split(" ");
    String answer = http(line[0], line[1], step.get("body"));
    for (JsonElement part : array(step, "contains")) {
      String wanted = part.getAsString().replace("{message_id}", messageId);
      expect(answer.contains(wanted), line[1], "lacks", wanted, ":", answer);
    }
    for (JsonElement part : array(step, "lacks")) {
      expect(!answer.contains(part.getAsString()), line[1], "has", part, ":", answer);
    }
  }

  private String http(String method, String path, JsonElement body) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) new URL(sandbox + path).openConnection();
    connection.setRequestMethod(method);
    if (body != null) {
      connection.setDoOutput(true);
      connection.getOutputStream().write(body.toString().getBytes(StandardCharsets.UTF_8));
    }
    try (InputStream in = connection.getInputStream()) {
      return new String(readAll(in), StandardCharsets.UTF_8);
    }
  }

  private void batch(JsonObject step) throws IOException, InterruptedException {
    JsonArray items = array(step, "items");
    int count = step.has("count") ? step.get("count").getAsInt() : items.size();
    List<BatchSendRequest> requests = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      BatchSendRequest.Builder request = BatchSendRequest.newBuilder();
      JsonFormat.parser().merge(numbered(item(items, n).get("send"), n), request);
      requests.add(request.build());
    }
    String again = text(step, "retry_while");
    BatchItemResult[] results = stream(step, requests);
    for (int tries = 1; tries < TRIES && results != null && !again.isEmpty(); tries++) {
      boolean done = true;
      for (BatchItemResult result : results) {
        done &= !result.hasError() || !result.getError().getReason().name().equals(again);
      }
      if (done) {
        break;
      }
      Thread.sleep(1000);
      results = stream(step, requests);
    }
    for (int n = 0; results != null && n < count; n++) {
      Answer got = new Answer();
      got.messageId = results[n].getMessageId();
      got.replayed = results[n].getReplayed();
      got.failure = results[n].hasError() ? results[n].getError() : null;
      try {
        check(item(items, n).getAsJsonObject("want"), got);
      } catch (Failed e) {
        throw new Failed("item " + n + ": " + e.getMessage());
      }
    }
  }

  /** Returns the results by index, after the summary was compared; null for a cut stream. */
  private BatchItemResult[] stream(JsonObject step, List<BatchSendRequest> requests)
      throws InterruptedException {
    BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    StreamObserver<BatchSendRequest> out =
        NotificationServiceGrpc.newStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata(step)))
            .withDeadlineAfter(60, TimeUnit.SECONDS)
            .batchSend(
                new StreamObserver<BatchSendResponse>() {
                  @Override
                  public void onNext(BatchSendResponse response) {
                    answers.add(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answers.add(Status.fromThrowable(failure));
                  }

                  @Override
                  public void onCompleted() {
                    answers.add(Status.OK);
                  }
                });
    requests.forEach(out::onNext);
    int cancelAfter = step.has("cancel_after") ? step.get("cancel_after").getAsInt() : -1;
    if (cancelAfter < 0) {
      out.onCompleted();
    }
    BatchItemResult[] results = new BatchItemResult[requests.size()];
    BatchSummary.Builder counted = BatchSummary.newBuilder();
    BatchSummary summary = null;
    while (true) {
      Object answer = answers.poll(70, TimeUnit.SECONDS);
      if (answer instanceof Status) {
        Status status = (Status) answer;
        if (cancelAfter > 0 && status.getCode() == Status.Code.CANCELLED) {
          return null;
        }
        expect(status.isOk(), "the stream ended with", status);
        break;
      }
      expect(answer != null && summary == null, "nothing, or an answer after the summary:", answer);
      BatchSendResponse response = (BatchSendResponse) answer;
      if (response.hasSummary()) {
        summary = response.getSummary();
        continue;
      }
      BatchItemResult result = response.getResult();
      int index = (int) result.getIndex();
      expect(index >= 0 && index < results.length && results[index] == null, "index:", result);
      expect(
          result.getRequestId().equals(requests.get(index).getRequestId()), "request id:", result);
      boolean accepted = result.getOutcome() == Outcome.OUTCOME_ACCEPTED;
      expect(accepted != result.hasError(), "outcome and error do not agree:", result);
      expect(accepted || result.getError().getOutcome() == result.getOutcome(), "two:", result);
      results[index] = result;
      count(counted, result);
      if (counted.getTotal() == cancelAfter) {
        out.onError(Status.CANCELLED.asRuntimeException());
      }
    }
    expect(counted.getTotal() == requests.size(), counted.getTotal(), "results");
    expect(counted.build().equals(summary), "the summary is not that of the results:", summary);
    return results;
  }

  private static void count(BatchSummary.Builder summary, BatchItemResult result) {
    summary.setTotal(summary.getTotal() + 1);
    switch (result.getOutcome()) {
      case OUTCOME_ACCEPTED:
        summary.setAccepted(summary.getAccepted() + 1);
        break;
      case OUTCOME_REJECTED:
        summary.setRejected(summary.getRejected() + 1);
        break;
      case OUTCOME_NOT_SENT:
        summary.setNotSent(summary.getNotSent() + 1);
        break;
      case OUTCOME_UNKNOWN:
        summary.setUnknown(summary.getUnknown() + 1);
        break;
      default:
        throw new Failed("a result without outcome: " + result);
    }
    if (result.getReplayed()) {
      summary.setReplayed(summary.getReplayed() + 1);
    }
    if (result.hasError()) {
      String reason = result.getError().getReason().name();
      summary.putErrorsByReason(reason, summary.getErrorsByReasonOrDefault(reason, 0) + 1);
    }
  }

  private void check(JsonObject want, Answer got) {
    if (want.has("error")) {
      checkError(want.getAsJsonObject("error"), got);
      return;
    }
    JsonObject wanted = want.getAsJsonObject("accepted");
    expect(got.failure == null && got.status == null, "not accepted:", got);
    if (wanted.has("replayed")) {
      expect(got.replayed == wanted.get("replayed").getAsBoolean(), "replayed:", got.replayed);
    }
    String form = text(wanted, "message_id").replace("{message_id}", messageId);
    expect(
        Pattern.compile(form).matcher(got.messageId).find(),
        "message_id is " + got.messageId + ", expected: " + form);
    messageId = got.messageId.isEmpty() ? messageId : got.messageId;
  }

  private static void checkError(JsonObject want, Answer got) {
    if (want.has("details")) {
      expect(
          got.status != null
              && got.status.getDetailsCount() == 0
              && got.code.name().equals(text(want, "code")),
          "expected a bare",
          text(want, "code"),
          "got:",
          got);
      return;
    }
    SendError failure = got.failure;
    expect(failure != null, "expected", text(want, "reason"), "got:", got);
    expect(
        Code.forNumber(failure.getCode()).name().equals(text(want, "code"))
            && got.reason().equals(text(want, "reason"))
            && failure.getOutcome().name().equals(text(want, "outcome")),
        "expected",
        want,
        "got:",
        failure);
    expect(!failure.getMessage().isEmpty() && got.messageId.isEmpty(), "message:", got);
    boolean replayed = want.has("replayed") && want.get("replayed").getAsBoolean();
    expect(got.replayed == replayed, "replayed is", got.replayed);
    boolean answered = failure.hasWechatErrcode();
    String errcode = answered ? Integer.toString(failure.getWechatErrcode()) : "";
    expect(errcode.equals(text(want, "errcode")), "errcode:", failure);
    expect(
        RID.matcher(failure.getWechatRid()).matches() == answered
            && failure.getWechatErrmsg().isEmpty() != answered,
        "WeChat's words:",
        failure);
    List<String> fields = new ArrayList<>();
    for (FieldViolation violation : failure.getFieldViolationsList()) {
      fields.add(violation.getField());
      expect(!violation.getDescription().isEmpty(), "no description:", failure);
    }
    Collections.sort(fields);
    List<String> wantedFields = new ArrayList<>();
    array(want, "fields").forEach(field -> wantedFields.add(field.getAsString()));
    expect(fields.equals(wantedFields), "fields:", fields, "expected:", wantedFields);
    expect(failure.hasRetryAfter() == want.has("retry_after_ms"), "retry_after:", failure);
    if (failure.hasRetryAfter()) {
      JsonArray bounds = array(want, "retry_after_ms");
      long wait = Durations.toMillis(failure.getRetryAfter());
      expect(
          wait >= bounds.get(0).getAsLong() && wait <= bounds.get(1).getAsLong(),
          "retry_after is",
          wait);
    }
    if (got.status != null) {
      expect(got.code.name().equals(text(want, "code")), "the status is", got.code);
      checkDetails(want, got.status, failure);
    }
  }

  /** Compares the standard details of a status with the SendError beside them. */
  private static void checkDetails(
      JsonObject want, com.google.rpc.Status status, SendError failure) {
    ErrorInfo.Builder info =
        ErrorInfo.newBuilder()
            .setReason(text(want, "reason"))
            .setDomain("wxnotify.dev")
            .putMetadata("outcome", text(want, "outcome"));
    if (failure.hasWechatErrcode()) {
      info.putMetadata("wechat_errcode", text(want, "errcode"))
          .putMetadata("wechat_errmsg", failure.getWechatErrmsg())
          .putMetadata("wechat_rid", failure.getWechatRid());
    }
    Map<Class<? extends Message>, Message> wanted = new LinkedHashMap<>();
    wanted.put(ErrorInfo.class, info.build());
    wanted.put(SendError.class, failure);
    if (failure.getFieldViolationsCount() > 0) {
      BadRequest.Builder bad = BadRequest.newBuilder();
      for (FieldViolation violation : failure.getFieldViolationsList()) {
        bad.addFieldViolationsBuilder()
            .setField(violation.getField())
            .setDescription(violation.getDescription());
      }
      wanted.put(BadRequest.class, bad.build());
    }
    if (failure.hasRetryAfter()) {
      wanted.put(
          RetryInfo.class, RetryInfo.newBuilder().setRetryDelay(failure.getRetryAfter()).build());
    }
    expect(status.getDetailsCount() == wanted.size(), "details:", status);
    for (Map.Entry<Class<? extends Message>, Message> one : wanted.entrySet()) {
      int same = 0;
      for (Any detail : status.getDetailsList()) {
        if (detail.is(one.getKey()) && unpack(detail, one.getKey()).equals(one.getValue())) {
          same++;
        }
      }
      expect(same == 1, "expected once:", one.getValue(), "got:", status);
    }
  }

  private static <T extends Message> T unpack(Any detail, Class<T> type) {
    try {
      return detail.unpack(type);
    } catch (IOException e) {
      throw new Failed("a detail that is no " + type + ": " + e);
    }
  }

  private static Metadata metadata(JsonObject step) {
    Metadata metadata = new Metadata();
    if (step.has("token")) {
      metadata.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
          "Bearer " + text(step, "token"));
    }
    return metadata;
  }

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<byte[]>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream in) {
          try {
            return readAll(in);
          } catch (IOException e) {
            throw new StatusRuntimeException(Status.INTERNAL.withCause(e));
          }
        }
      };

  private static byte[] readAll(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      all.write(buffer, 0, n);
    }
    return all.toByteArray();
  }

  private static byte[] hex(String text) {
    byte[] bytes = new byte[text.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(text.substring(2 * i, 2 * i + 2), 16);
    }
    return bytes;
  }

  private static JsonObject item(JsonArray items, int n) {
    return items.get(n % items.size()).getAsJsonObject();
  }

  private static String numbered(JsonElement json, int n) {
    return json.toString().replace("{n}", Integer.toString(n));
  }

  private static JsonObject parse(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  private static JsonArray array(JsonObject json, String name) {
    return json.has(name) ? json.getAsJsonArray(name) : new JsonArray();
  }

  private static String text(JsonObject json, String name) {
    return json.has(name) ? json.get(name).getAsString() : "";
  }
}
