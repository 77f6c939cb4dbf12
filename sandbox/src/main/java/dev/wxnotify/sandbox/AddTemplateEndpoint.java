package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code POST /wxaapi/newtmpl/addtemplate}: a template of the library becomes one of the app. */
final class AddTemplateEndpoint implements Endpoint {

  private static final int LONGEST_SCENE = 15;

  private final Access access;
  private final AppTemplates templates;
  private final TemplateRules rules;
  private final Answers answers;

  AddTemplateEndpoint(Access access, AppTemplates templates, TemplateRules rules, Answers answers) {
    this.access = access;
    this.templates = templates;
    this.rules = rules;
    this.answers = answers;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    String appId = access.enter(call, SandboxEndpoint.ADD_TEMPLATE);
    TemplateChoice choice = TemplateChoice.read(call, rules);
    LibraryTemplate from =
        TemplateLibrary.find(choice.tid()).orElseThrow(() -> new Refused(ManagementErrors.BAD_TID));
    var keywords = from.choose(choice.kids());
    if (choice.scene().length() > LONGEST_SCENE) {
      throw new Refused(ManagementErrors.BAD_SCENE);
    }
    SandboxTemplate added = templates.add(appId, from, keywords);
    ObjectNode json = answers.ok();
    return Answer.of(json.put("priTmplId", added.id()));
  }
}
