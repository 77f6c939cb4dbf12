package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a send asked for, as far as it could be read. Missing texts are empty.
 *
 * @param data the values; missing if the body is no JSON object
 */
record SentContent(
    String openId, String templateId, String page, String language, String state, JsonNode data) {

  /** What WeChat takes where a message does not say. */
  private static final String STATE = "formal";

  private static final String LANGUAGE = "zh_CN";

  static SentContent of(RawBody body) {
    ObjectNode json = Json.read(body).orElseGet(Json::object);
    return new SentContent(
        json.path("touser").asText(""),
        json.path("template_id").asText(""),
        json.path("page").asText(""),
        json.path("lang").asText(LANGUAGE),
        json.path("miniprogram_state").asText(STATE),
        json.path("data"));
  }
}
