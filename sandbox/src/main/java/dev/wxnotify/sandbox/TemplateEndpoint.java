package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code GET /wxaapi/newtmpl/gettemplate}: the templates of the app. */
final class TemplateEndpoint implements Endpoint {

  private final Access access;
  private final AppTemplates templates;
  private final Answers answers;

  TemplateEndpoint(Access access, AppTemplates templates, Answers answers) {
    this.access = access;
    this.templates = templates;
    this.answers = answers;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    String appId = access.enter(call, SandboxEndpoint.TEMPLATES);
    ObjectNode json = answers.ok();
    ArrayNode data = json.putArray("data");
    templates.list(appId).forEach(template -> data.add(template.json()));
    return Answer.of(json);
  }
}
