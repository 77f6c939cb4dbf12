package dev.wxnotify.server.wechat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.wxnotify.server.delivery.WeChatError;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An answer from WeChat, read leniently: names in any letter case, numbers as numbers or as text,
 * in any character set, of any content type. Nevertheless the body must be one complete JSON
 * object: nothing of a partial answer is used.
 *
 * @param errcode null if the answer has no readable one, or several that differ
 * @param errmsg as received, without the rid; empty if there is none
 * @param rid empty if there is none
 * @param messageId the msgid, in decimal digits and never through a double, since it exceeds 2^53;
 *     empty if there is none
 * @param accessToken empty if there is none
 * @param expiresIn seconds; null if there is no readable value
 * @param isLifeUnclear whether there is a value for {@code expiresIn} that cannot be read
 */
record WeChatAnswer(
    @Nullable Integer errcode,
    String errmsg,
    String rid,
    String messageId,
    String accessToken,
    @Nullable Long expiresIn,
    boolean isLifeUnclear) {

  /** {@code msg rid: x}, {@code , rid: x} and {@code rid:x} have all been seen. */
  private static final Pattern RID =
      Pattern.compile("[\\s,]*rid:\\s*([0-9a-f]{8}(?:-[0-9a-f]{8}){2})", Pattern.CASE_INSENSITIVE);

  /** Longer texts would not fit into the trailers of a gRPC call. */
  private static final int MAX_ERRMSG = 256;

  /** A foreign text must not begin a new line in the log. */
  private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}");

  /** The text of nearly every answer, which needs no further parsing. */
  private static final String OK = "ok";

  /** Longer texts are not numbers; the widest one, 2^63, has 19 digits. */
  private static final int MAX_NUMBER = 40;

  /** The charset of WeChat's older systems, seen in the text of an error. */
  private static final String OTHER_CHARSET = "GBK";

  private static final JsonFactory JSON = new JsonFactory();

  /** Never contains the token. */
  @Override
  public String toString() {
    return "WeChatAnswer[" + errcode + " " + errmsg + "]";
  }

  /** Tells whether it contains what every answer from WeChat contains: an errcode, or a token. */
  boolean isUnderstood() {
    return errcode != null || !accessToken.isEmpty();
  }

  /** Returns the answer as an error; only for an answer with an errcode. */
  WeChatError toError() {
    if (errcode == null) {
      throw new IllegalStateException("no errcode");
    }
    return new WeChatError(errcode, errmsg, rid);
  }

  /**
   * Reads a body.
   *
   * @return null if it is not one complete JSON object
   */
  static @Nullable WeChatAnswer read(byte[] body) {
    try (JsonParser parser = JSON.createParser(body)) {
      return read(parser);
    } catch (IOException e) {
      return readInOtherCharset(body);
    }
  }

  /** Only the texts are for people; everything that decides is ASCII in every character set. */
  private static @Nullable WeChatAnswer readInOtherCharset(byte[] body) {
    if (decode(body, StandardCharsets.UTF_8) != null) {
      return null; // The character set is not the problem.
    }
    String text =
        Charset.isSupported(OTHER_CHARSET) ? decode(body, Charset.forName(OTHER_CHARSET)) : null;
    try (JsonParser parser =
        JSON.createParser(text == null ? new String(body, StandardCharsets.UTF_8) : text)) {
      return read(parser);
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable String decode(byte[] body, Charset charset) {
    try {
      return charset.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static @Nullable WeChatAnswer read(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      return null;
    }
    Fields fields = new Fields();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName().toLowerCase(Locale.ROOT);
      JsonToken value = parser.nextToken();
      if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
        fields.set(name, parser.getText());
      } else {
        fields.setUnreadable(name, value);
        parser.skipChildren();
      }
    }
    return parser.nextToken() == null ? fields.toAnswer() : null;
  }

  private static final class Fields {
    private @Nullable Integer errcode;
    private boolean errcodeSeen;
    private String errmsg = "";
    private String messageId = "";
    private String accessToken = "";
    private @Nullable Long expiresIn;
    private boolean isLifeUnclear;

    void set(String name, String text) {
      switch (name) {
        case "errcode" -> {
          Integer code = errcode(text);
          errcode = errcodeSeen && !Objects.equals(errcode, code) ? null : code;
          errcodeSeen = true;
        }
        case "errmsg" -> errmsg = text;
        case "msgid" -> messageId = isInteger(text) ? text.strip() : "";
        case "access_token" -> accessToken = text;
        case "expires_in" -> setLife(wholeNumber(text));
        default -> {
          // WeChat may add fields.
        }
      }
    }

    void setUnreadable(String name, JsonToken value) {
      if (name.equals("expires_in") && value != JsonToken.VALUE_NULL) {
        setLife(null);
      }
    }

    private void setLife(@Nullable Long seconds) {
      isLifeUnclear |= seconds == null || (expiresIn != null && !expiresIn.equals(seconds));
      expiresIn = isLifeUnclear ? null : seconds;
    }

    WeChatAnswer toAnswer() {
      if (errmsg.equals(OK)) {
        return toAnswer(OK, "");
      }
      String text = CONTROLS.matcher(errmsg).replaceAll(" ");
      String rid = "";
      Matcher matcher = RID.matcher(text);
      if (matcher.find()) {
        rid = matcher.group(1);
        text = text.substring(0, matcher.start()) + text.substring(matcher.end());
      }
      text = text.strip();
      return toAnswer(text.length() <= MAX_ERRMSG ? text : text.substring(0, MAX_ERRMSG), rid);
    }

    private WeChatAnswer toAnswer(String text, String rid) {
      return new WeChatAnswer(errcode, text, rid, messageId, accessToken, expiresIn, isLifeUnclear);
    }

    private static @Nullable Integer errcode(String text) {
      Long code = wholeNumber(text);
      return code == null || code != code.intValue() ? null : Integer.valueOf(code.intValue());
    }

    /** Returns a number in the form {@code 7200}, {@code 7200.0} or {@code 7.2e3}. */
    private static @Nullable Long wholeNumber(String text) {
      String digits = text.strip();
      if (digits.length() > MAX_NUMBER) {
        return null;
      }
      try {
        return new BigDecimal(digits).longValueExact();
      } catch (ArithmeticException | NumberFormatException e) {
        return null;
      }
    }

    /** An id is not a quantity: it is kept as written, or not at all. */
    private static boolean isInteger(String text) {
      try {
        Long.parseLong(text.strip());
        return true;
      } catch (NumberFormatException e) {
        return false;
      }
    }
  }
}
