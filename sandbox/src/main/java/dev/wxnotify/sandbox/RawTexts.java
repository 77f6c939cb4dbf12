package dev.wxnotify.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** The request and the answer of a send as HTTP, written anew when somebody looks. */
final class RawTexts {

  /** The most characters of an answer: one of them has 8 MiB. */
  static final int MOST = 16_384;

  private static final int UTF8_BYTES = 4;

  private final boolean msgid;

  /**
   * An answer.
   *
   * @param end what happened to the connection then
   */
  record Answered(String text, String end) {}

  /**
   * @param msgid true if answers have the id of the message
   */
  RawTexts(boolean msgid) {
    this.msgid = msgid;
  }

  /** From the first line to the end of the body. */
  String request(ReceivedSend send) {
    StringBuilder text =
        new StringBuilder(send.method()).append(' ').append(SandboxEndpoint.SEND.path());
    if (!send.query().isEmpty()) {
      text.append('?').append(send.query());
    }
    text.append(" HTTP/1.1\r\n");
    if (!send.contentType().isEmpty()) {
      text.append("Content-Type: ").append(send.contentType()).append("\r\n");
    }
    return text.append("\r\n").append(requestBody(send)).toString();
  }

  String requestBody(ReceivedSend send) {
    return Masks.body(send.body().text());
  }

  Answered answer(ReceivedSend send) {
    WireScript script = new OddAnswers(Map.of(), true, false).script(answered(send));
    byte[][] sent = script.sent();
    String text = text(WireAnswer.join(sent));
    return new Answered(text, sent.length == 0 && !script.resets() ? "silent" : end(script));
  }

  private static String end(WireScript script) {
    if (script.resets()) {
      return "reset";
    }
    return script.closes() ? "close" : "";
  }

  private static String text(byte[] bytes) {
    // A cut in the middle of a character leaves one replacement character behind the limit.
    String text = new String(bytes, 0, Math.min(bytes.length, MOST * UTF8_BYTES), UTF_8);
    return text.length() <= MOST ? text : text.substring(0, MOST) + "…";
  }

  private Answer answered(ReceivedSend send) {
    ObjectNode json = Json.object();
    Effect effect = send.effect();
    if (effect == null || effect.foreignStatus() == 0) {
      json.put("errcode", send.errcode()).put("errmsg", send.errmsg());
      AcceptedMessage message = send.accepted();
      if (msgid && message != null) {
        json.put("msgid", message.msgid());
      }
    }
    return Answer.of(json).spoilt(effect);
  }
}
