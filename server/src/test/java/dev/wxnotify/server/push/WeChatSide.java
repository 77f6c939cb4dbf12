package dev.wxnotify.server.push;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Cipher;

/** Makes pushes as WeChat does, with the settings of its console. */
public record WeChatSide(String token, String aesKey, String appId) {
  /** The console of most tests; the last character of its key has bits to spare. */
  public static final WeChatSide USUAL =
      new WeChatSide("pamtest", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx-shop");

  private static final int BLOCK = 32;
  static final String NONCE = "486452656";

  /** A request of WeChat. */
  public record Push(Map<String, String> query, String body) {
    /** Returns the query as it is in the URL. */
    public String rawQuery() {
      return query.entrySet().stream()
          .map(each -> each.getKey() + "=" + encoded(each.getValue()))
          .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    Push with(String name, String value) {
      Map<String, String> changed = new LinkedHashMap<>(query);
      changed.put(name, value);
      return new Push(changed, body);
    }

    Push without(String name) {
      Map<String, String> changed = new LinkedHashMap<>(query);
      changed.remove(name);
      return new Push(changed, body);
    }

    Push withBody(String other) {
      return new Push(query, other);
    }

    PushQuery parsed() {
      return new PushQuery(query);
    }

    byte[] bytes() {
      return body.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** The verification of the URL. */
  public Push verification(long seconds, String echo) {
    Map<String, String> query = plainQuery(seconds);
    query.put("echostr", echo);
    return new Push(query, "");
  }

  /** A push in plaintext mode. */
  public Push plain(long seconds, String text) {
    return new Push(plainQuery(seconds), text);
  }

  /** A push in safe mode, in the format of its text. */
  public Push safe(long seconds, String text) {
    String encrypted = encrypt(text);
    return new Push(
        safeQuery(seconds, encrypted),
        text.startsWith("<")
            ? "<xml><ToUserName><![CDATA[gh_123456789abc]]></ToUserName><Encrypt><![CDATA["
                + encrypted
                + "]]></Encrypt></xml>"
            : "{\"ToUserName\":\"gh_123456789abc\",\"Encrypt\":\"" + encrypted + "\"}");
  }

  /** A push in compatible mode: with what is not signed beside what is. */
  Push compatible(long seconds, String text, String besideIt) {
    String encrypted = encrypt(text);
    String body =
        besideIt.startsWith("<")
            ? besideIt.replace("</xml>", "<Encrypt><![CDATA[" + encrypted + "]]></Encrypt></xml>")
            : besideIt.substring(0, besideIt.lastIndexOf('}'))
                + ",\"Encrypt\":\""
                + encrypted
                + "\"}";
    return new Push(safeQuery(seconds, encrypted), body);
  }

  private Map<String, String> plainQuery(long seconds) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("signature", Signature.of(token, String.valueOf(seconds), NONCE));
    query.put("timestamp", String.valueOf(seconds));
    query.put("nonce", NONCE);
    return query;
  }

  Map<String, String> safeQuery(long seconds, String encrypted) {
    Map<String, String> query = plainQuery(seconds);
    query.put("openid", "oUser");
    query.put("encrypt_type", "aes");
    query.put("msg_signature", Signature.of(token, String.valueOf(seconds), NONCE, encrypted));
    return query;
  }

  String encrypt(String text) {
    return encrypt("aaaabbbbccccdddd", text);
  }

  String encrypt(String random, String text) {
    byte[] message = text.getBytes(StandardCharsets.UTF_8);
    byte[] app = appId.getBytes(StandardCharsets.UTF_8);
    byte[] whole =
        ByteBuffer.allocate(20 + message.length + app.length)
            .put(random.getBytes(StandardCharsets.US_ASCII))
            .putInt(message.length)
            .put(message)
            .put(app)
            .array();
    return encryptRaw(padded(whole));
  }

  private static byte[] padded(byte[] whole) {
    int padding = BLOCK - whole.length % BLOCK;
    byte[] padded = Arrays.copyOf(whole, whole.length + padding);
    Arrays.fill(padded, whole.length, padded.length, (byte) padding);
    return padded;
  }

  String encryptRaw(byte[] blocks) {
    try {
      EncodingAesKey key = new EncodingAesKey(aesKey);
      Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, key.key(), key.iv());
      return Base64.getEncoder().encodeToString(cipher.doFinal(blocks));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
