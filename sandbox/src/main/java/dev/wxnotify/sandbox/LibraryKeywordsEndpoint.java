package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;

/** {@code GET /wxaapi/newtmpl/getpubtemplatekeywords}: what a template of the library offers. */
final class LibraryKeywordsEndpoint implements Endpoint {

  private static final Pattern TID = Pattern.compile("[0-9]{1,9}");

  private final Access access;
  private final Answers answers;

  LibraryKeywordsEndpoint(Access access, Answers answers) {
    this.access = access;
    this.answers = answers;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    access.enter(call, SandboxEndpoint.LIBRARY_KEYWORDS);
    if (!call.has("tid")) {
      throw new Refused(ManagementErrors.BAD_TID, ManagementErrors.MISSING_TID);
    }
    LibraryTemplate template = template(String.valueOf(call.parameter("tid")));
    ObjectNode json = answers.ok();
    ArrayNode data = json.putArray("data");
    for (LibraryTemplate.Entry entry : template.entries()) {
      data.addObject()
          .put("kid", entry.kid())
          .put("name", entry.name())
          .put("example", entry.example())
          .put("rule", entry.rule());
    }
    return Answer.of(json);
  }

  private static LibraryTemplate template(String tid) throws Refused {
    if (!TID.matcher(tid).matches()) {
      throw new Refused(ManagementErrors.BAD_TID);
    }
    return TemplateLibrary.find(Integer.parseInt(tid))
        .orElseThrow(() -> new Refused(ManagementErrors.BAD_TID));
  }
}
