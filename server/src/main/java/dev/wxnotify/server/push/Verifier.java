package dev.wxnotify.server.push;

import dev.wxnotify.server.journal.PushListener.Result;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells WeChat's pushes from those of anybody else. */
final class Verifier {
  private static final String SIGNATURE = "signature";
  private static final String ENCRYPTED_SIGNATURE = "msg_signature";

  /**
   * The signature is of the parts one after the other, with no mark between them: who has seen a
   * push could move the begin of its encrypted text to the end of the nonce, and it would still be
   * right. What is left can be decrypted from whole blocks of it only, so that 64 characters had to
   * move. WeChat's nonces have some ten.
   */
  private static final int MAX_NONCE = 63;

  private final PushApps apps;
  private final InstantSource clock;
  private final Duration window;

  /**
   * Creates a verifier.
   *
   * @param window how far the time of a push may be from that of this server, in both directions
   */
  Verifier(PushApps apps, InstantSource clock, Duration window) {
    this.apps = apps;
    this.clock = clock;
    this.window = window;
  }

  /**
   * What a genuine push says.
   *
   * @param content null where it cannot be read
   * @param signedSeconds when it was signed, in seconds since 1970
   */
  record Genuine(@Nullable PushNode content, long signedSeconds) {}

  /**
   * Returns the answer to WeChat's verification of the URL. Its time does not matter: somebody who
   * repeats one learns nothing.
   *
   * @throws Refusal if it is not WeChat's
   */
  String echo(PushApp app, PushQuery query) throws Refusal {
    String echo = query.get("echostr");
    checkSignature(app, query);
    return echo;
  }

  private static void checkSignature(PushApp app, PushQuery query) throws Refusal {
    String claimed = query.get(SIGNATURE);
    if (!Signature.matches(
        claimed, app.secrets().get().tokens(), query.get("timestamp"), query.get("nonce"))) {
      throw new Refusal(Result.WRONG_SIGNATURE, PushQuery.field(SIGNATURE), "is wrong");
    }
  }

  /**
   * Opens a push. Where it is encrypted, nothing but the decrypted text counts: what stands beside
   * it in compatible mode is not signed.
   *
   * @throws Refusal if it is not WeChat's, or not one that this app takes
   */
  Genuine open(PushApp app, PushQuery query, byte[] body) throws Refusal {
    long seconds = query.seconds();
    if (query.get("nonce").length() > MAX_NONCE) {
      throw new Refusal(
          Result.MALFORMED, PushQuery.field("nonce"), "has more than " + MAX_NONCE + " characters");
    }
    if (Math.abs(clock.instant().getEpochSecond() - seconds) > window.toSeconds()) {
      throw new Refusal(
          Result.WRONG_TIME,
          PushQuery.field("timestamp"),
          "differs from the time of this server by more than " + window.toSeconds() + " s");
    }
    if (app.mode() == PushMode.SAFE
        && query.parameters().getOrDefault(ENCRYPTED_SIGNATURE, "").isEmpty()) {
      throw notEncrypted(PushQuery.field(ENCRYPTED_SIGNATURE));
    }
    PushNode outer = PushText.read(ByteBuffer.wrap(body));
    String encrypted = outer.text("Encrypt");
    if (encrypted.isEmpty()) {
      if (app.mode() == PushMode.SAFE) {
        throw notEncrypted("body");
      }
      checkSignature(app, query);
      return new Genuine(outer, seconds);
    }
    return new Genuine(content(decrypt(app, query, encrypted)), seconds);
  }

  private static Refusal notEncrypted(String field) {
    return new Refusal(
        Result.WRONG_MODE, field, "is missing: only encrypted pushes are accepted for this app");
  }

  private Envelope decrypt(PushApp app, PushQuery query, String encrypted) throws Refusal {
    PushSecrets secrets = app.secrets().get();
    if (secrets.keys().isEmpty()) {
      throw new Refusal(
          Result.WRONG_MODE, "body", "is encrypted, and push.encoding-aes-key is not configured");
    }
    String claimed = query.get(ENCRYPTED_SIGNATURE);
    if (!Signature.matches(
        claimed, secrets.tokens(), query.get("timestamp"), query.get("nonce"), encrypted)) {
      throw new Refusal(Result.WRONG_SIGNATURE, PushQuery.field(ENCRYPTED_SIGNATURE), "is wrong");
    }
    byte[] bytes = decode(encrypted);
    boolean isOfAnotherApp = false;
    for (EncodingAesKey key : secrets.keys()) {
      Optional<Envelope> opened = Envelope.open(key, bytes);
      if (opened.isPresent() && opened.get().appId().equals(app.appId())) {
        apps.decrypted(app.appId(), true);
        return opened.get();
      }
      isOfAnotherApp |= opened.isPresent();
    }
    apps.decrypted(app.appId(), false);
    throw isOfAnotherApp
        ? new Refusal(Result.WRONG_APP, "body", "is for another AppID")
        : new Refusal(Result.WRONG_KEY, "body", "cannot be decrypted by push.encoding-aes-key");
  }

  private static byte[] decode(String encrypted) throws Refusal {
    try {
      return Base64.getDecoder().decode(encrypted);
    } catch (IllegalArgumentException e) {
      throw Refusal.malformedBody("Encrypt is not Base64");
    }
  }

  private static @Nullable PushNode content(Envelope envelope) {
    try {
      return PushText.read(envelope.text());
    } catch (Refusal e) {
      return null; // It is WeChat's all the same.
    }
  }
}
