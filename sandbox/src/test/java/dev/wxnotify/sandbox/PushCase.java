package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.wxnotify.sandbox.PushReceiver.Received;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A sandbox that pushes to a real HTTP server, at times that the test sets. */
@SuppressWarnings("NullAway.Init") // Each test starts its sandbox.
abstract class PushCase {

  static final JsonMapper MAPPER = new JsonMapper();

  final ManualPushTimer timer = new ManualPushTimer();
  PushReceiver receiver;
  Sandbox sandbox;
  SandboxClient client;
  String token;

  @BeforeEach
  void startReceiver() throws Exception {
    receiver = new PushReceiver();
  }

  @AfterEach
  void stop() {
    if (sandbox != null) {
      sandbox.close();
    }
    receiver.close();
  }

  PushTarget target() {
    return PushTarget.safe(receiver.url(), PushReceiver.TOKEN, PushReceiver.KEY);
  }

  PushRules rules() {
    return PushRules.to(APP, target());
  }

  void start(PushRules rules) throws Exception {
    sandbox = Sandbox.start(SandboxOptions.builder().push(rules).build(), timer, timer);
    client = new SandboxClient(sandbox);
    token = client.stableToken();
  }

  /** The body has a place for each template id. */
  @FormatMethod
  JsonNode allow(String openId, @FormatString String body, Object... templateIds) throws Exception {
    return client.post("/sandbox/users/" + openId + "/allow", body.formatted(templateIds));
  }

  int sendCode(String openId) {
    try {
      return client.sendCode(token, message(openId));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The push of a send with this fault. */
  Received faulty(String what) throws Exception {
    int before = receiver.posts().size();
    client.send(token, message("sandbox-push-" + what));
    return pushes(before + 1).get(before);
  }

  List<Received> pushes(int count) throws InterruptedException {
    Eventually.until(count + " pushes", () -> receiver.posts().size() >= count);
    return receiver.posts();
  }

  void attempts(int count) throws InterruptedException {
    Eventually.until(count + " attempts", () -> sandbox.pushes().get(0).attempts().size() == count);
  }

  void assertEnded(int count, SandboxPush.State state) throws InterruptedException {
    Eventually.until(
        count + " " + state,
        () -> sandbox.pushes().stream().filter(push -> push.state() == state).count() == count);
    assertThat(sandbox.state().pushes().waiting()).isZero();
  }

  void verifiedAs(String text) throws InterruptedException {
    Eventually.until(text, () -> text.equals(sandbox.state().pushes().verifications().get(APP)));
  }

  static String textOf(Received push) {
    try {
      return push.query().containsKey("msg_signature")
          ? PushReceiver.textIn(PushReceiver.decrypt(encrypted(push)))
          : push.body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static String encrypted(Received push) {
    return push.body().startsWith("{")
        ? json(push.body()).path("Encrypt").asText().trim()
        : push.body().replaceFirst("(?s).*<Encrypt><!\\[CDATA\\[(.*)]]></Encrypt>.*", "$1");
  }

  static void assertSigned(Received push, PushMode mode) throws Exception {
    assertThat(push.query().get("signature")).isEqualTo(signature(push));
    if (mode == PushMode.PLAIN) {
      assertThat(push.query()).containsOnlyKeys("signature", "timestamp", "nonce");
      return;
    }
    assertThat(push.query()).containsEntry("encrypt_type", "aes").containsKey("openid");
    assertThat(push.query().get("msg_signature")).isEqualTo(msgSignature(push));
  }

  static String signature(Received push) {
    return PushCrypto.signature(
        PushReceiver.TOKEN, push.parameter("timestamp"), push.parameter("nonce"));
  }

  static String msgSignature(Received push) {
    return PushCrypto.signature(
        PushReceiver.TOKEN, push.parameter("timestamp"), push.parameter("nonce"), encrypted(push));
  }

  static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
