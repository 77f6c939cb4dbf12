package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code GET /wxaapi/newtmpl/getcategory}: the categories of the app. */
final class CategoryEndpoint implements Endpoint {

  private final Access access;
  private final Answers answers;

  CategoryEndpoint(Access access, Answers answers) {
    this.access = access;
    this.answers = answers;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    access.enter(call, SandboxEndpoint.CATEGORIES);
    ObjectNode json = answers.ok();
    ArrayNode data = json.putArray("data");
    for (TemplateLibrary.Category category : TemplateLibrary.CATEGORIES) {
      data.addObject().put("id", category.id()).put("name", category.name());
    }
    return Answer.of(json);
  }
}
