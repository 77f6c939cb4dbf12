package dev.wxnotify.sandbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Makes the HTTP request of a push: text, encryption, signatures. */
final class PushEnvelope {

  private static final Duration STALE = Duration.ofHours(1);
  private static final int OVERSIZE = 100_000;
  private static final int ORIGINAL_ID_DIGITS = 12;
  private static final String WRONG = "0123456789abcdef0123456789abcdef01234567";
  private static final String OTHER_APP = "wx0000000000000000";
  private static final String OTHER_KEY = "Sandbox0Sandbox0Sandbox0Sandbox0Sandbox0San";

  private final PushStyle style;

  PushEnvelope(PushStyle style) {
    this.style = style;
  }

  /** The original id of an app, which is what pushes name; the sandbox derives it. */
  static String originalId(String appId) {
    return "gh_" + PushCrypto.signature(appId).substring(0, ORIGINAL_ID_DIGITS);
  }

  /** Random digits, as WeChat's are. */
  static String nonce() {
    return Integer.toString(ThreadLocalRandom.current().nextInt(100_000_000, Integer.MAX_VALUE));
  }

  PushRequest seal(
      PushTarget target, String appId, PushContent content, Map<PushFaultKind, Integer> with) {
    byte[] random = new byte[PushCrypto.RANDOM_BYTES];
    ThreadLocalRandom.current().nextBytes(random);
    String to = originalId(app(appId, with.keySet()));
    return seal(target, appId, to, content, with.keySet(), random, nonce());
  }

  /** The same with what is random, and the original id. */
  PushRequest seal(
      PushTarget target,
      String appId,
      String to,
      PushContent original,
      Set<PushFaultKind> faults,
      byte[] random,
      String nonce) {
    PushContent content = aged(original, faults);
    PushText writer = new PushText(style, faults);
    String text = spoilt(writer.write(target.format(), to, content, null), faults);
    String timestamp = Long.toString(content.createdAt().getEpochSecond());
    String body = text;
    String encrypted = null;
    if (target.mode().encrypts()) {
      text = padded(text, appId, faults);
      encrypted = encrypted(target, appId, text, faults, random);
      String field = faults.contains(PushFaultKind.BLANKS) ? " " + encrypted + " \n" : encrypted;
      body =
          target.mode() == PushMode.COMPATIBLE
              ? writer.write(target.format(), to, content, field)
              : safe(target.format(), to, field);
    }
    return new PushRequest(
        target.withQuery(query(target, content.openId(), timestamp, nonce, encrypted, faults)),
        style.contentType(target.format()),
        text,
        new RawBody(body.getBytes(StandardCharsets.UTF_8)));
  }

  private String query(
      PushTarget target,
      String openId,
      String timestamp,
      String nonce,
      @Nullable String encrypted,
      Set<PushFaultKind> faults) {
    boolean signed = !faults.contains(PushFaultKind.NO_SIGNATURE);
    boolean wrong = faults.contains(PushFaultKind.WRONG_SIGNATURE);
    StringBuilder query = new StringBuilder();
    if (signed) {
      query
          .append("signature=")
          .append(wrong ? WRONG : PushCrypto.signature(target.token(), timestamp, nonce))
          .append('&');
    }
    query.append("timestamp=").append(timestamp).append("&nonce=").append(nonce);
    if (encrypted != null || style.openIdInPlain()) {
      // Open ids have no character that a query must escape.
      query.append("&openid=").append(openId);
    }
    if (encrypted != null) {
      query.append("&encrypt_type=aes");
      if (signed) {
        query
            .append("&msg_signature=")
            .append(
                wrong ? WRONG : PushCrypto.signature(target.token(), timestamp, nonce, encrypted));
      }
    }
    return query.toString();
  }

  private static PushContent aged(PushContent content, Set<PushFaultKind> faults) {
    if (faults.contains(PushFaultKind.STALE)) {
      return content.at(content.createdAt().minus(STALE));
    }
    return faults.contains(PushFaultKind.FUTURE)
        ? content.at(content.createdAt().plus(STALE))
        : content;
  }

  private static String spoilt(String text, Set<PushFaultKind> faults) {
    if (faults.contains(PushFaultKind.TRUNCATED)) {
      return text.substring(0, text.length() / 2);
    }
    if (faults.contains(PushFaultKind.OVERSIZED)) {
      int end = text.startsWith("{") ? text.length() - 1 : text.lastIndexOf("</xml>");
      return text.substring(0, end) + " ".repeat(OVERSIZE) + text.substring(end);
    }
    return text;
  }

  private static String padded(String text, String appId, Set<PushFaultKind> faults) {
    if (!faults.contains(PushFaultKind.PAD_32)) {
      return text;
    }
    int size =
        PushCrypto.RANDOM_BYTES
            + Integer.BYTES
            + text.getBytes(StandardCharsets.UTF_8).length
            + app(appId, faults).length();
    // A frame that needs no padding gets a whole block of it.
    return text + " ".repeat(PushCrypto.padding(size));
  }

  private static String encrypted(
      PushTarget target, String appId, String text, Set<PushFaultKind> faults, byte[] random) {
    String key = faults.contains(PushFaultKind.WRONG_KEY) ? OTHER_KEY : target.aesKey();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = bytes.length;
    if (faults.contains(PushFaultKind.BAD_LENGTH)) {
      length += 1_000_000;
    }
    if (key == null) {
      throw new IllegalStateException("a target without a key encrypts nothing");
    }
    byte[] frame = PushCrypto.frame(random, length, bytes, app(appId, faults));
    String encrypted = PushCrypto.encrypt(key, frame);
    return faults.contains(PushFaultKind.GARBLED) ? "*" + encrypted.substring(1) : encrypted;
  }

  private static String app(String appId, Set<PushFaultKind> faults) {
    return faults.contains(PushFaultKind.WRONG_APP) ? OTHER_APP : appId;
  }

  private static String safe(PushFormat format, String to, String encrypted) {
    return format == PushFormat.JSON
        ? Json.text(Json.object().put("ToUserName", to).put("Encrypt", encrypted))
        : "<xml><ToUserName><![CDATA["
            + to
            + "]]></ToUserName><Encrypt><![CDATA["
            + encrypted
            + "]]></Encrypt></xml>";
  }
}
