package dev.wxnotify.server.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wxnotify.server.template.Keyword;
import dev.wxnotify.server.template.Template;
import dev.wxnotify.server.template.TemplateSource;
import dev.wxnotify.server.template.TemplateText;
import dev.wxnotify.server.token.TokenCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the templates of one app by {@code GET /wxaapi/newtmpl/gettemplate} (WeChat:
 * getTemplateList). Fields are read leniently: what is missing or of another type is empty, and an
 * entry without an id is left out.
 */
public final class WeChatTemplateSource implements TemplateSource {
  private static final String PATH = "/wxaapi/newtmpl/gettemplate";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final WeChatAppApi api;

  /** Asks for the templates of the app whose tokens these are. */
  public WeChatTemplateSource(WeChatApi api, TokenCache tokens) {
    this.api = new WeChatAppApi(api, tokens);
  }

  @Override
  public CompletionStage<Answer> fetch() {
    return api.get(PATH).thenApply(WeChatTemplateSource::toAnswer);
  }

  private static Answer toAnswer(WeChatApi.Result result) {
    if (result instanceof WeChatApi.WithoutToken none) {
      return new Unavailable("no token: " + none.why().refusal().explanation());
    }
    if (result instanceof WeChatApi.NotAvailable not) {
      return new Unavailable(not.explanation());
    }
    WeChatApi.Answered answered = (WeChatApi.Answered) result;
    return answered.isOk()
        ? read(answered.body())
        : new Refused(answered.errcode(), answered.errmsg(), answered.rid());
  }

  private static Answer read(AnswerBody body) {
    JsonNode data;
    try {
      data = JSON.readTree(body.bytes()).path("data");
    } catch (IOException e) {
      return new Unavailable("WeChat's list of templates cannot be read");
    }
    if (!data.isArray()) {
      return new Unavailable("WeChat's answer has no list of templates");
    }
    List<Template> templates = new ArrayList<>();
    for (JsonNode each : data) {
      Template template = template(each);
      if (template != null) {
        templates.add(template);
      }
    }
    return templates.isEmpty() && !data.isEmpty()
        ? new Unavailable("no entry of WeChat's list of templates can be read")
        : new Fetched(templates);
  }

  private static @Nullable Template template(JsonNode json) {
    String id = text(json, "priTmplId");
    if (id.isEmpty()) {
      return null;
    }
    String content = text(json, "content");
    String example = text(json, "example");
    return new Template(
        id,
        text(json, "title"),
        kind(text(json, "type")),
        content,
        example,
        TemplateText.keywords(content, example, enumValues(json)));
  }

  private static Template.Kind kind(String type) {
    return switch (type.strip()) {
      case "2" -> Template.Kind.ONE_TIME;
      case "3" -> Template.Kind.LONG_TERM;
      default -> Template.Kind.UNKNOWN;
    };
  }

  private static Map<String, List<String>> enumValues(JsonNode json) {
    Map<String, List<String>> values = new HashMap<>();
    for (JsonNode each : json.path("keywordEnumValueList")) {
      String key = Keyword.keyOf(text(each, "keywordCode"));
      List<String> of = values.computeIfAbsent(key, unused -> new ArrayList<>());
      each.path("enumValueList").forEach(value -> of.add(value.asText("")));
    }
    return values;
  }

  /** Returns a text, or a number as text; empty for anything else. */
  private static String text(JsonNode json, String field) {
    JsonNode value = json.path(field);
    return value.isTextual() || value.isNumber() ? value.asText() : "";
  }
}
