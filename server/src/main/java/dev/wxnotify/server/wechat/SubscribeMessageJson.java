package dev.wxnotify.server.wechat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.wxnotify.server.message.SubscribeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * The body of {@code /cgi-bin/message/subscribe/send} (WeChat: sendMessage): raw UTF-8, no escapes
 * of non-ASCII, every field explicit except a page that is not wanted, which must be absent.
 */
final class SubscribeMessageJson {
  /** Without the feature a character beyond the BMP would go out as two {@code \\uXXXX} escapes. */
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8).build();

  private static final int USUAL_SIZE = 512;

  private SubscribeMessageJson() {}

  static byte[] write(SubscribeMessage message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_SIZE);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("touser", message.openId());
      json.writeStringField("template_id", message.templateId());
      if (!message.page().isEmpty()) {
        json.writeStringField("page", message.page());
      }
      json.writeStringField("miniprogram_state", message.state().wireName());
      json.writeStringField("lang", message.language().wireName());
      json.writeObjectFieldStart("data");
      for (Map.Entry<String, String> entry : message.data().entrySet()) {
        json.writeObjectFieldStart(entry.getKey());
        json.writeStringField("value", entry.getValue());
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }
}
