package dev.wxnotify.server.wechat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.wxnotify.server.delivery.WeChatError;
import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An answer of WeChat, read leniently: names in any letter case, numbers as numbers or as text,
 * whatever content type. The body must be one whole JSON object all the same: of half an answer
 * nothing is believed.
 *
 * @param errcode null where the answer has none that can be read, or several that differ
 * @param errmsg as it came, without the rid; empty where there is none
 * @param rid empty where there is none
 * @param messageId the msgid, in decimal digits and never through a double, since it exceeds 2^53;
 *     empty where there is none
 * @param accessToken empty where there is none
 * @param expiresIn seconds; null where there is none that can be read
 */
record WeChatAnswer(
    @Nullable Integer errcode,
    String errmsg,
    String rid,
    String messageId,
    String accessToken,
    @Nullable Long expiresIn) {

  /** {@code msg rid: x}, {@code , rid: x} and {@code rid:x} were all seen. */
  private static final Pattern RID =
      Pattern.compile("[\\s,]*rid:\\s*([0-9a-f]{8}(?:-[0-9a-f]{8}){2})", Pattern.CASE_INSENSITIVE);

  /** Longer texts would not fit into the trailers of a gRPC call. */
  private static final int MAX_ERRMSG = 256;

  /** A text of somebody else's must not begin a line of its own in the log. */
  private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}");

  /** The text of nearly every answer, in which there is nothing to look for. */
  private static final String OK = "ok";

  private static final JsonFactory JSON = new JsonFactory();

  /** Never holds the token. */
  @Override
  public String toString() {
    return "WeChatAnswer[" + errcode + " " + errmsg + "]";
  }

  /** Returns the answer as an error; only for one that has an errcode. */
  WeChatError toError() {
    if (errcode == null) {
      throw new IllegalStateException("no errcode");
    }
    return new WeChatError(errcode, errmsg, rid);
  }

  /**
   * Reads a body.
   *
   * @return null if it is not one whole JSON object
   */
  static @Nullable WeChatAnswer read(byte[] body) {
    try (JsonParser parser = JSON.createParser(body)) {
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
          parser.skipChildren();
        }
      }
      return parser.nextToken() == null ? fields.toAnswer() : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static final class Fields {
    private @Nullable Integer errcode;
    private boolean errcodeSeen;
    private String errmsg = "";
    private String messageId = "";
    private String accessToken = "";
    private @Nullable Long expiresIn;

    void set(String name, String text) {
      switch (name) {
        case "errcode" -> {
          Integer code = errcode(text);
          errcode = errcodeSeen && !Objects.equals(errcode, code) ? null : code;
          errcodeSeen = true;
        }
        case "errmsg" -> errmsg = text;
        case "msgid" -> messageId = wholeNumber(text) == null ? "" : text.strip();
        case "access_token" -> accessToken = text;
        case "expires_in" -> expiresIn = wholeNumber(text);
        default -> {
          // WeChat may add fields.
        }
      }
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
      return new WeChatAnswer(errcode, text, rid, messageId, accessToken, expiresIn);
    }

    private static @Nullable Integer errcode(String text) {
      Long code = wholeNumber(text);
      return code == null || code != code.intValue() ? null : Integer.valueOf(code.intValue());
    }

    private static @Nullable Long wholeNumber(String text) {
      try {
        return Long.valueOf(text.strip());
      } catch (NumberFormatException e) {
        return null;
      }
    }
  }
}
