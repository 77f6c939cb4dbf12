package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Wrong bodies in correct HTTP. */
final class OddBodies {

  private static final String EXPIRES_IN = "expires_in";

  private static final int PADDING = 8 * 1024 * 1024;

  /** "Not valid" in Chinese, encoded in GBK; each char stands for one byte. */
  private static final String GBK_INVALID = "\u00b2\u00bb\u00ba\u00cf\u00b7\u00a8";

  private OddBodies() {}

  /** The body of the answer, spoilt if {@code kind} is about the body. */
  static byte[] of(EffectKind kind, ObjectNode json) {
    return switch (kind) {
      case TRUNCATED -> firstHalf(Json.write(json));
      case MALFORMED_JSON -> bytes("{errcode:0,errmsg:ok");
      case OVERSIZED_BODY -> Json.write(json.deepCopy().put("padding", "x".repeat(PADDING)));
      case NO_ERRCODE -> Json.write(withoutErrcode(json));
      case ERRCODE_TEXT -> Json.write(inCloudForm(json));
      case GBK_ERRMSG -> inGbk(json);
      case EXPIRES_DECIMAL -> expiring(json, DoubleNode.valueOf(7200));
      case EXPIRES_TEXT -> expiring(json, TextNode.valueOf("7200"));
      case EXPIRES_MISSING -> Json.write(json.deepCopy().without(List.of(EXPIRES_IN)));
      case EXPIRES_HUGE -> expiring(json, LongNode.valueOf(Long.MAX_VALUE));
      default -> Json.write(json);
    };
  }

  static byte[] page(int status) {
    String title = HttpResponseStatus.valueOf(status).toString();
    return bytes(
        """
        <html>\r
        <head><title>%1$s</title></head>\r
        <body><center><h1>%1$s</h1></center></body>\r
        </html>\r
        """
            .formatted(title));
  }

  static byte[] firstHalf(byte[] body) {
    return Arrays.copyOf(body, body.length / 2);
  }

  static byte[] secondHalf(byte[] body) {
    return Arrays.copyOfRange(body, body.length / 2, body.length);
  }

  private static ObjectNode withoutErrcode(ObjectNode json) {
    return json.deepCopy().without(List.of("errcode", "errmsg"));
  }

  private static ObjectNode inCloudForm(ObjectNode json) {
    ObjectNode cloud = withoutErrcode(json);
    int errcode = json.path("errcode").asInt();
    String result = errcode == 0 ? "ok" : "fail " + json.path("errmsg").asText();
    return cloud
        .put("errCode", String.valueOf(errcode))
        .put("errMsg", "openapi.subscribeMessage.send:" + result);
  }

  private static byte[] inGbk(ObjectNode json) {
    String text = "{\"errcode\":%d,\"errmsg\":\"%s openid\"}";
    return text.formatted(json.path("errcode").asInt(), GBK_INVALID)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A rejected token call has no expires_in, and its answer stays unchanged. */
  private static byte[] expiring(ObjectNode json, JsonNode value) {
    return Json.write(json.has(EXPIRES_IN) ? json.deepCopy().set(EXPIRES_IN, value) : json);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
