package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** {@code GET /wxaapi/newtmpl/gettemplate}: the templates of the app. */
final class TemplateEndpoint implements Endpoint {

  private final Tokens tokens;
  private final List<SandboxTemplate> templates;
  private final Answers answers;

  TemplateEndpoint(Tokens tokens, List<SandboxTemplate> templates, Answers answers) {
    this.tokens = tokens;
    this.templates = templates;
    this.answers = answers;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    tokens.appOf(call);
    ObjectNode json = answers.ok();
    ArrayNode data = json.putArray("data");
    templates.forEach(template -> data.add(template.json()));
    return Answer.of(json);
  }
}
