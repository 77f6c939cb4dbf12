package dev.wxnotify.benchmark.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Makes pushes as WeChat does in safe mode, in XML, its default format. */
final class SafePush {
  private static final int BLOCK = 32;
  private static final int IV_SIZE = 16;
  private static final int HEADER = 20;
  private static final String NONCE = "415670741";
  private static final long MILLIS = 1_000;

  private final String token;
  private final byte[] key;
  private final String appId;

  /** One push. */
  record Request(String query, String body) {}

  SafePush(String token, String aesKey, String appId) {
    this.token = token;
    this.key = Base64.getDecoder().decode(aesKey + "=");
    this.appId = appId;
  }

  /** Makes the receipt of a message that was delivered now. */
  Request receipt(long messageId) {
    long seconds = System.currentTimeMillis() / MILLIS;
    String text =
        "<xml><ToUserName><![CDATA[gh_123456789abc]]></ToUserName><FromUserName>"
            + "<![CDATA[otFpruAK8D-E6EfStSYonYSBZ8_4]]></FromUserName><CreateTime>"
            + seconds
            + "</CreateTime><MsgType><![CDATA[event]]></MsgType><Event>"
            + "<![CDATA[subscribe_msg_sent_event]]></Event><SubscribeMsgSentEvent><List>"
            + "<TemplateId><![CDATA[VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc]]></TemplateId>"
            + "<MsgID>"
            + messageId
            + "</MsgID><ErrorCode>0</ErrorCode><ErrorStatus><![CDATA[success]]></ErrorStatus>"
            + "</List></SubscribeMsgSentEvent></xml>";
    try {
      String encrypted = encrypt(text);
      String timestamp = Long.toString(seconds);
      return new Request(
          "signature="
              + sign(timestamp, NONCE)
              + "&timestamp="
              + timestamp
              + "&nonce="
              + NONCE
              + "&openid=otFpruAK8D-E6EfStSYonYSBZ8_4&encrypt_type=aes&msg_signature="
              + sign(timestamp, NONCE, encrypted),
          "<xml><ToUserName><![CDATA[gh_123456789abc]]></ToUserName><Encrypt><![CDATA["
              + encrypted
              + "]]></Encrypt></xml>");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES and SHA-1", e);
    }
  }

  private String encrypt(String text) throws GeneralSecurityException {
    byte[] message = text.getBytes(StandardCharsets.UTF_8);
    byte[] app = appId.getBytes(StandardCharsets.UTF_8);
    int size = HEADER + message.length + app.length;
    int padding = BLOCK - size % BLOCK;
    ByteBuffer whole = ByteBuffer.allocate(size + padding);
    whole.position(HEADER - Integer.BYTES);
    whole.putInt(message.length).put(message).put(app);
    Arrays.fill(whole.array(), size, size + padding, (byte) padding);
    Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(key, 0, IV_SIZE));
    return Base64.getEncoder().encodeToString(cipher.doFinal(whole.array()));
  }

  private String sign(String... parts) throws GeneralSecurityException {
    MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
    Stream.concat(Stream.of(token), Stream.of(parts))
        .sorted()
        .forEach(part -> sha1.update(part.getBytes(StandardCharsets.US_ASCII)));
    return HexFormat.of().formatHex(sha1.digest());
  }
}
