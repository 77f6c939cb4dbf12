package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code GET /wxaapi/newtmpl/getpubtemplatetitles}: the library's templates, page by page. */
final class LibraryTitlesEndpoint implements Endpoint {

  private static final int LARGEST_PAGE = 30;
  private static final Pattern IDS = Pattern.compile("[0-9]{1,9}(?:,[0-9]{1,9})*");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  private final Access access;
  private final TemplateRules rules;
  private final Answers answers;

  LibraryTitlesEndpoint(Access access, TemplateRules rules, Answers answers) {
    this.access = access;
    this.rules = rules;
    this.answers = answers;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    access.enter(call, SandboxEndpoint.LIBRARY_TITLES);
    Set<Integer> categories = categories(call);
    int start = number(call, "start", ManagementErrors.BAD_START);
    int limit = number(call, "limit", ManagementErrors.BAD_LIMIT);
    if (limit < 1 || limit > LARGEST_PAGE) {
      throw new Refused(ManagementErrors.BAD_LIMIT);
    }
    List<LibraryTemplate> found = TemplateLibrary.inCategories(categories);
    ObjectNode json = answers.ok().put("count", found.size());
    ArrayNode data = json.putArray("data");
    found.stream()
        .skip(start)
        .limit(limit)
        .forEach(
            template ->
                withTid(data.addObject(), template.tid())
                    .put("title", template.title())
                    .put("type", SandboxTemplate.type(template.longTerm()))
                    // WeChat's page calls it a number, its example is a text.
                    .put("categoryId", Integer.toString(template.categoryId())));
    return Answer.of(json);
  }

  private ObjectNode withTid(ObjectNode json, int tid) {
    return rules.tidAsText() ? json.put("tid", Integer.toString(tid)) : json.put("tid", tid);
  }

  private static Set<Integer> categories(Call call) throws Refused {
    if (!call.has("ids")) {
      throw new Refused(ManagementErrors.IDS_MISSING);
    }
    String ids = String.valueOf(call.parameter("ids"));
    if (!IDS.matcher(ids).matches()) {
      throw new Refused(ManagementErrors.BAD_IDS);
    }
    Set<Integer> categories = new HashSet<>();
    for (String id : ids.split(",", -1)) {
      categories.add(Integer.parseInt(id));
    }
    if (!TemplateLibrary.hasCategories(categories)) {
      throw new Refused(ManagementErrors.BAD_IDS);
    }
    return categories;
  }

  private static int number(Call call, String name, int otherwise) throws Refused {
    String text = String.valueOf(call.parameter(name));
    if (!NUMBER.matcher(text).matches()) {
      throw new Refused(otherwise);
    }
    return Integer.parseInt(text);
  }
}
