package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a call of {@code addtemplate} asks for.
 *
 * @param tid the number of the template in the library
 * @param kids the keywords in the wanted order
 * @param scene what the app uses the template for
 */
record TemplateChoice(int tid, List<Integer> kids, String scene) {

  private static final String KID_LIST = "kidList";

  // kidList[0]=1&kidList[1]=2, as some libraries write lists.
  private static final Pattern INDEXED = Pattern.compile("kidList\\[([0-9]{1,3})]");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  static TemplateChoice read(Call call, TemplateRules rules) throws Refused {
    boolean json = call.body().text().stripLeading().startsWith("{");
    if (json && rules.jsonAccepted()) {
      return ofJson(call.json());
    }
    Map<String, List<String>> form = call.form();
    if (json || !call.isForm()) {
      throw missingTid();
    }
    return ofForm(form);
  }

  private static TemplateChoice ofForm(Map<String, List<String>> form) throws Refused {
    List<String> kids = new ArrayList<>(form.getOrDefault(KID_LIST, List.of()));
    kids.addAll(form.getOrDefault(KID_LIST + "[]", List.of()));
    Map<Integer, String> indexed = new TreeMap<>();
    form.forEach(
        (name, values) -> {
          Matcher index = INDEXED.matcher(name);
          if (index.matches()) {
            indexed.put(Integer.parseInt(index.group(1)), values.get(0));
          }
        });
    kids.addAll(indexed.values());
    kids.removeIf(String::isEmpty);
    return of(first(form, "tid"), kids, first(form, "sceneDesc"));
  }

  private static TemplateChoice ofJson(ObjectNode json) throws Refused {
    List<String> kids = new ArrayList<>();
    for (JsonNode kid : json.path(KID_LIST)) {
      kids.add(kid.asText());
    }
    return of(json.path("tid").asText(""), kids, json.path("sceneDesc").asText(""));
  }

  private static TemplateChoice of(String tid, List<String> kids, String scene) throws Refused {
    if (tid.isEmpty()) {
      throw missingTid();
    }
    List<Integer> numbers = new ArrayList<>();
    int number = number(tid, ManagementErrors.BAD_TID);
    for (String kid : kids) {
      numbers.add(number(kid, ManagementErrors.BAD_KEYWORDS));
    }
    return new TemplateChoice(number, List.copyOf(numbers), scene);
  }

  private static int number(String text, int otherwise) throws Refused {
    if (!NUMBER.matcher(text).matches()) {
      throw new Refused(otherwise);
    }
    return Integer.parseInt(text);
  }

  private static String first(Map<String, List<String>> form, String name) {
    return form.getOrDefault(name, List.of("")).get(0);
  }

  private static Refused missingTid() {
    return new Refused(ManagementErrors.BAD_TID, ManagementErrors.MISSING_TID);
  }
}
