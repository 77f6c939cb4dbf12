package dev.wxnotify.server.push;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads XML or JSON, by the first character that is no blank: which of them it is depends on a
 * setting in WeChat's console, and the header of the request is not reliable.
 */
final class PushText {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private PushText() {}

  /**
   * Reads a text.
   *
   * @throws Refusal if it is neither
   */
  static PushNode read(ByteBuffer bytes) throws Refusal {
    String text = decode(bytes).strip();
    if (text.startsWith("<")) {
      return PushXml.read(text);
    }
    if (text.startsWith("{")) {
      return PushJson.read(text);
    }
    throw Refusal.malformedBody("is neither an XML element nor a JSON object");
  }

  private static String decode(ByteBuffer bytes) throws Refusal {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw Refusal.malformedBody("is not UTF-8");
    }
  }
}
