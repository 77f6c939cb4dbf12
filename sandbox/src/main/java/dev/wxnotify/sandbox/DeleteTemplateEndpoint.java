package dev.wxnotify.sandbox;

import java.util.List;

/** {@code POST /wxaapi/newtmpl/deltemplate}: a template of the app is gone. Reads both forms. */
final class DeleteTemplateEndpoint implements Endpoint {

  private static final String ID = "priTmplId";

  private final Access access;
  private final AppTemplates templates;
  private final Answers answers;

  DeleteTemplateEndpoint(Access access, AppTemplates templates, Answers answers) {
    this.access = access;
    this.templates = templates;
    this.answers = answers;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    String appId = access.enter(call, SandboxEndpoint.DELETE_TEMPLATE);
    String id = id(call);
    if (id.isEmpty()) {
      throw new Refused(ManagementErrors.BAD_PARAMETER);
    }
    templates.delete(appId, id);
    return Answer.of(answers.ok());
  }

  private static String id(Call call) throws Refused {
    boolean json = call.body().text().stripLeading().startsWith("{");
    return json || !call.isForm()
        ? call.json().path(ID).asText("")
        : call.form().getOrDefault(ID, List.of("")).get(0);
  }
}
