package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes what a push says, in JSON or XML. */
final class PushText {

  private static final String DOCTYPE =
      "<!DOCTYPE xml [<!ENTITY sandbox \"expanded by the receiver\">]>";

  private final PushStyle style;
  private final Set<PushFaultKind> faults;

  PushText(PushStyle style, Set<PushFaultKind> faults) {
    this.style = style;
    this.faults = faults;
  }

  /** The text of a push, with {@code Encrypt} as its last field unless that is null. */
  String write(PushFormat format, String to, PushContent content, @Nullable String encrypted) {
    return format == PushFormat.JSON ? json(to, content, encrypted) : xml(to, content, encrypted);
  }

  private String json(String to, PushContent content, @Nullable String encrypted) {
    ObjectNode json = Json.object().put("ToUserName", to).put("FromUserName", content.openId());
    long created = content.createdAt().getEpochSecond();
    if (style.documented() || faults.contains(PushFaultKind.SCALARS_TEXT)) {
      json.put("CreateTime", Long.toString(created));
    } else {
      json.put("CreateTime", created);
    }
    content.fields().forEach((name, value) -> put(json, name, value));
    PushContent.Items list = content.list();
    if (list != null) {
      putList(json, list);
    }
    if (encrypted != null) {
      json.put("Encrypt", encrypted);
    }
    return Json.text(json);
  }

  private void putList(ObjectNode json, PushContent.Items list) {
    boolean array =
        list.elements().size() > 1
            || (style.documented() && list.alwaysArray())
            || faults.contains(PushFaultKind.LIST_ARRAY);
    if (!array) {
      fill(json.putObject("List"), list.elements().get(0));
      return;
    }
    ArrayNode elements = json.putArray("List");
    list.elements().forEach(element -> fill(elements.addObject(), element));
  }

  private void fill(ObjectNode json, Map<String, String> element) {
    Map<String, String> ordered = style.documented() ? element : new TreeMap<>(element);
    ordered.forEach((name, value) -> put(json, name, value));
  }

  /** All values of a list are text at WeChat, also the numbers. */
  private void put(ObjectNode json, String name, String value) {
    boolean number =
        name.equals("MsgId")
            ? !faults.contains(PushFaultKind.SCALARS_TEXT)
            : faults.contains(PushFaultKind.SCALARS_NUMBER) && isNumber(name, value);
    if (number) {
      json.put(name, Long.parseLong(value));
    } else {
      json.put(name, value);
    }
  }

  private static boolean isNumber(String name, String value) {
    return PushContent.NUMBERS.contains(name) && value.matches("-?[0-9]{1,19}");
  }

  private String xml(String to, PushContent content, @Nullable String encrypted) {
    StringBuilder xml = new StringBuilder();
    if (faults.contains(PushFaultKind.DOCTYPE)) {
      xml.append(DOCTYPE);
    }
    xml.append("<xml>");
    element(xml, "ToUserName", to);
    element(xml, "FromUserName", content.openId());
    element(xml, "CreateTime", Long.toString(content.createdAt().getEpochSecond()));
    content.fields().forEach((name, value) -> element(xml, name, value));
    PushContent.Items list = content.list();
    if (list != null) {
      xml.append('<').append(list.wrapper()).append('>');
      for (Map<String, String> item : list.elements()) {
        xml.append("<List>");
        item.forEach((name, value) -> element(xml, name, value));
        xml.append("</List>");
      }
      xml.append("</").append(list.wrapper()).append('>');
    }
    if (encrypted != null) {
      element(xml, "Encrypt", encrypted);
    }
    return xml.append("</xml>").toString();
  }

  private void element(StringBuilder xml, String name, String value) {
    boolean bare = isNumber(name, value) && !faults.contains(PushFaultKind.SCALARS_TEXT);
    xml.append('<').append(name).append('>');
    if (bare) {
      xml.append(value);
    } else {
      // The end of CDATA cannot stand in CDATA.
      xml.append("<![CDATA[").append(value.replace("]]>", "]]]]><![CDATA[>")).append("]]>");
    }
    xml.append("</").append(name).append('>');
  }
}
