package dev.wxnotify.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import dev.wxnotify.v1.SubscribeMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc: the code between the markers runs here and appears there. */
class ExamplesTest {
  private static final Path SOURCES = Path.of("src/main/java/dev/wxnotify/client");
  private static final Path THIS = Path.of("src/test/java/dev/wxnotify/client/ExamplesTest.java");

  private final FakeService service = new FakeService();
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final NotificationClient client;

  ExamplesTest() throws IOException {
    client = NotificationClient.builder(service.listen()).plaintext().build();
  }

  @AfterEach
  void close() {
    client.close();
    service.close();
  }

  @Test
  void connect() {
    String token = "t";

    // example
    NotificationClient client =
        NotificationClient.builder("dns:///wxnotify.internal:9090").bearerToken(token).build();
    // end

    client.close();
  }

  @Test
  void send() {
    String openId = "o-1";
    String templateId = "t-1";

    // example
    try {
      SendSubscribeMessageResponse accepted =
          client.send(
              SendSubscribeMessageRequest.newBuilder()
                  .setMessage(
                      SubscribeMessage.newBuilder()
                          .setOpenId(openId)
                          .setTemplateId(templateId)
                          .putData("thing1", "Coffee"))
                  .setRequestId("order-1001")
                  .build());
      log("WeChat's message id is " + accepted.getMessageId());
    } catch (SendException e) {
      if (e.reason() == ErrorReason.USER_NOT_SUBSCRIBED) {
        log("ask the user again in the Mini Program");
      } else if (e.retryable()) {
        log("retry in " + e.retryAfter().orElse(Duration.ofSeconds(1)));
      } else if (e.outcome() == Outcome.OUTCOME_UNKNOWN) {
        log("the user may have got it: " + e.getMessage());
      } else {
        log("not sent: " + e.getMessage());
      }
    }
    // end

    assertThat(log).containsExactly("WeChat's message id is m-o-1");
  }

  @Test
  @SuppressWarnings("FutureReturnValueIgnored") // As most callers do.
  void sendAsync() throws Exception {
    SendSeckillMessageRequest request =
        SendSeckillMessageRequest.newBuilder()
            .setMessage(SeckillMessage.newBuilder().setOpenId("o-1"))
            .build();

    // example
    client
        .sendAsync(request)
        .whenComplete(
            (accepted, failure) -> {
              if (failure == null) {
                log("WeChat's message id is " + accepted.getMessageId());
              } else {
                log("not accepted: " + failure.getMessage());
              }
            });
    // end

    Await.until("it is logged", () -> log.contains("WeChat's message id is m-o-1"));
  }

  @Test
  void sendAll() throws Exception {
    Iterator<BatchSendRequest> items = FakeService.items(3, true).iterator();

    // example
    BatchReport report =
        client
            .batch()
            .retryItems(5, Duration.ofMinutes(2))
            .sendAll(
                items, result -> log(result.request().getRequestId() + " " + result.outcome()));
    if (!report.isAllAccepted()) {
      log("not all were accepted: " + report);
    }
    // end

    assertThat(log).hasSize(3).contains("row-0 OUTCOME_ACCEPTED");
  }

  @Test
  void results() throws Exception {
    Iterator<BatchSendRequest> items = FakeService.items(3, true).iterator();

    // example
    try (BatchResults results = client.batch().results(items)) {
      while (results.hasNext()) {
        BatchResult result = results.next();
        log(result.index() + " " + result.outcome());
      }
    }
    // end

    assertThat(log).hasSize(3).contains("2 OUTCOME_ACCEPTED");
  }

  @Test
  void open() throws Exception {
    List<BatchSendRequest> items = FakeService.items(3, true);

    // example
    try (BatchSender sender = client.batch().open(result -> log(result.toString()))) {
      for (BatchSendRequest item : items) {
        sender.send(item); // Waits while the window is full.
      }
      sender.complete();
      log(sender.await().toString());
    }
    // end

    assertThat(log).hasSize(4).contains("3 items: 3 accepted, 0 rejected, 0 not sent, 0 unknown");
  }

  @Test
  void examples_ofTheJavadoc_areTheOnesAbove() throws IOException {
    List<String> tested = blocks(Files.readString(THIS), "(?s)\n *// example\n(.*?)\n *// end", "");
    List<String> documented = new ArrayList<>();
    try (Stream<Path> sources = Files.list(SOURCES)) {
      for (Path source : sources.toList()) {
        documented.addAll(
            blocks(Files.readString(source), "(?s)<pre>\\{@code\n(.*?)\n \\* }</pre>", " \\* ?"));
      }
    }

    assertThat(documented).hasSize(8).containsExactlyInAnyOrderElementsOf(tested);
  }

  /** Returns the matching blocks, without line prefix and indentation. */
  private static List<String> blocks(String text, String pattern, String prefix) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1).replaceAll("(?m)^" + prefix, ""))
        .map(String::stripIndent)
        .toList();
  }

  private void log(String line) {
    log.add(line);
  }
}
