package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wxnotify.sandbox.PushReceiver.Received;
import dev.wxnotify.sandbox.PushReceiver.Reply;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong with pushes on demand. */
class PushFaultTest extends PushCase {

  @Test
  void duplicate_isTheSameBytesTwice() throws Exception {
    start(rules());
    sandbox.addPushFault(PushFault.parse("sent:duplicate:1"));
    client.send(token, message("alice"));
    client.send(token, message("bob"));

    List<Received> posts = pushes(3);
    assertThat(posts.stream().filter(post -> post.equals(posts.get(0))).count()).isIn(1L, 2L);
    assertThat(posts.stream().distinct()).hasSize(2);
    assertThat(sandbox.pushes().get(1).resendOf()).isEqualTo(1);
  }

  @Test
  void late_byOpenId_isOvertaken() throws Exception {
    start(rules());
    client.send(token, message("sandbox-push-late-1500-alice"));
    client.send(token, message("bob"));
    pushes(1);
    timer.advance(Duration.ofMillis(1500));

    assertThat(pushes(2))
        .extracting(post -> textOf(post).contains("bob"))
        .containsExactly(true, false);
  }

  @Test
  void reordered_comesAfterTheNextOne() throws Exception {
    start(rules());
    client.send(token, message("sandbox-push-reordered"));
    client.send(token, message("bob"));

    assertThat(pushes(2))
        .extracting(post -> textOf(post).contains("bob"))
        .containsExactly(true, false);
    // An answer that is on its way would release the next one at once.
    assertEnded(2, SandboxPush.State.DELIVERED);
    timer.advance(Duration.ofSeconds(1));

    client.send(token, message("sandbox-push-reordered"));
    Eventually.until("it is held", () -> timer.dueWithin(Duration.ofSeconds(1)) == 1);
    timer.advance(Duration.ofSeconds(1));
    pushes(3);
  }

  @Test
  void beforeAnswer_theReceiptIsAnsweredFirst() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    receiver.answer(
        post -> {
          await(over);
          return new Reply(200, "success");
        });
    start(rules());
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(token, message("sandbox-push-before-answer"));
    pushes(1);
    assertThat(answer).isNotDone();
    over.countDown();

    assertThat(answer.get().body()).contains("\"errcode\":0");
    assertThat(sandbox.pushes().get(0).attempts()).hasSize(1);
  }

  /** The receipt holds the answer to the first, and so its turn. */
  @Test
  void beforeAnswer_anotherSendToTheOpenId_isRejectedMeanwhile() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    receiver.answer(
        post -> {
          await(over);
          return new Reply(200, "success");
        });
    start(rules());
    String message = message("sandbox-push-before-answer");
    CompletableFuture<HttpResponse<String>> first = client.sendAsync(token, message);
    pushes(1);

    JsonNode second = client.send(token, message);
    JsonNode other = client.send(token, message("somebody-else"));
    over.countDown();

    assertThat(second.path("errcode").asInt()).isEqualTo(43108);
    assertThat(second.path("errmsg").asText())
        .startsWith("Cannot make concurrent calls to the same OpenID, please try again rid: ");
    assertThat(other.path("errcode").asInt()).isZero();
    assertThat(SandboxClient.json(first.get()).path("errcode").asInt()).isZero();
    assertThat(client.sendCode(token, message)).isZero();
    assertThat(client.sendCode(token, message)).isZero();
    assertThat(sandbox.state().mostSendsPerOpenId()).isEqualTo(2);
    assertThat(sandbox.state().overlappingSends()).isEqualTo(1);
  }

  @Test
  void beforeAnswer_noReceiver_theSendIsAnsweredAllTheSame() throws Exception {
    PushTarget nowhere = target();
    receiver.close();
    start(PushRules.to(APP, nowhere));

    assertThat(client.sendCode(token, message("sandbox-push-before-answer"))).isZero();
  }

  @Test
  void lost_isNeverPushed() throws Exception {
    start(rules());
    client.send(token, message("sandbox-push-lost"));

    assertEnded(1, SandboxPush.State.LOST);
    assertThat(receiver.posts()).isEmpty();
  }

  @Test
  void failed_byOpenId_saysSo() throws Exception {
    start(rules().with(new PushFailure("-7", "system failed")));
    client.send(token, message("sandbox-push-failed-alice"));

    assertThat(textOf(pushes(1).get(0)))
        .contains("\"ErrorCode\":\"-7\",\"ErrorStatus\":\"system failed\"");
  }

  @Test
  void forgeries_areWhatTheySay() throws Exception {
    start(rules());
    Received wrong = faulty("wrong-signature");
    assertThat(wrong.query().get("msg_signature")).isNotEqualTo(msgSignature(wrong));
    assertThat(wrong.query().get("signature")).isNotEqualTo(signature(wrong));
    assertThat(faulty("no-signature").query())
        .containsKey("timestamp")
        .doesNotContainKeys("signature", "msg_signature");

    Received otherApp = faulty("wrong-app");
    assertSigned(otherApp, PushMode.SAFE);
    assertThat(PushReceiver.appIn(PushReceiver.decrypt(encrypted(otherApp)))).isNotEqualTo(APP);

    long now = timer.instant().getEpochSecond();
    Received stale = faulty("stale");
    assertSigned(stale, PushMode.SAFE);
    assertThat(stale.query().get("timestamp")).isEqualTo(Long.toString(now - 3600));
    assertThat(textOf(stale)).contains("\"CreateTime\":" + (now - 3600));
    assertThat(faulty("future").query().get("timestamp")).isEqualTo(Long.toString(now + 3600));
  }

  @Test
  void brokenEncryption_isSignedAllTheSame() throws Exception {
    start(rules());
    Received garbled = faulty("garbled");
    assertSigned(garbled, PushMode.SAFE);
    assertThat(encrypted(garbled)).startsWith("*");

    Received badLength = faulty("bad-length");
    assertSigned(badLength, PushMode.SAFE);
    byte[] frame = PushReceiver.decrypt(encrypted(badLength));
    assertThat(ByteBuffer.wrap(frame).getInt(16)).isGreaterThan(frame.length);

    Received wrongKey = faulty("wrong-key");
    assertSigned(wrongKey, PushMode.SAFE);
    byte[] noise = PushReceiver.decrypt(encrypted(wrongKey));
    assertThat(new String(noise, StandardCharsets.UTF_8)).doesNotContain(APP);

    Received padded = faulty("pad-32");
    byte[] full = PushReceiver.decrypt(encrypted(padded));
    assertThat(full[full.length - 1]).isEqualTo((byte) 32);
    assertThat(PushReceiver.appIn(full)).isEqualTo(APP);
    assertThat(MAPPER.readTree(textOf(padded)).path("List").isObject()).isTrue();

    Received blanks = faulty("blanks");
    assertThat(MAPPER.readTree(blanks.body()).path("Encrypt").asText()).startsWith(" ");
    assertSigned(blanks, PushMode.SAFE);
  }

  @Test
  void oddTexts_areWhatTheySay() throws Exception {
    start(rules());
    assertThat(textOf(faulty("truncated"))).startsWith("{").doesNotContain("}");
    assertThat(faulty("oversized").body()).hasSizeGreaterThan(100_000);
    assertThat(textOf(faulty("list-array"))).contains("\"List\":[{");
    assertThat(textOf(faulty("scalars-text"))).contains("\"CreateTime\":\"");
    assertThat(textOf(faulty("scalars-number"))).contains("\"ErrorCode\":0");
    sandbox.pushTo(APP, target().in(PushFormat.XML));
    assertThat(textOf(faulty("doctype"))).startsWith("<!DOCTYPE");
  }

  /** Each kind in each mode and format: none breaks the sandbox. */
  @ParameterizedTest
  @EnumSource(PushMode.class)
  void everyFault_inEveryMode_isPushedOrLost(PushMode mode) throws Exception {
    start(rules());
    for (PushFormat format : PushFormat.values()) {
      sandbox.pushTo(APP, target().in(mode).in(format));
      for (PushFaultKind kind : PushFaultKind.values()) {
        String openId = PushFaultBook.openId(kind).replace("<ms>", "1") + "-" + format;
        assertThat(client.sendCode(token, message(openId))).isZero();
      }
    }
    Eventually.until(
        "all ended",
        () -> {
          // What was reordered is due a second after it was due at first.
          timer.advance(Duration.ofMillis(100));
          return sandbox.state().pushes().waiting() == 0;
        });

    assertThat(sandbox.state().pushes().lost()).isEqualTo(2);
    assertThat(sandbox.pushes()).hasSize(2 * PushFaultKind.values().length + 2);
  }
}
