package dev.wxnotify.cli;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.wxnotify.v1.Keyword;
import dev.wxnotify.v1.Template;
import dev.wxnotify.v1.TemplateKind;
import java.io.PrintWriter;
import java.util.List;

/** Prints templates for a person: each with a table of its keywords. */
final class TemplateReport {
  private static final List<String> HEADINGS = List.of("KEYWORD", "LABEL", "EXAMPLE", "VALUES");

  private final PrintWriter out;

  TemplateReport(PrintWriter out) {
    this.out = out;
  }

  void print(List<Template> templates, Timestamp fetchedAt) {
    for (Template template : templates) {
      print(template);
      out.println();
    }
    out.println(
        templates.size()
            + (templates.size() == 1 ? " template" : " templates")
            + ", as WeChat listed them at "
            + Timestamps.toString(fetchedAt));
  }

  private void print(Template template) {
    out.println(
        template.getTemplateId()
            + (template.getTitle().isEmpty() ? "" : "  " + template.getTitle())
            + kind(template.getKind()));
    if (template.getKeywordsCount() == 0) {
      return;
    }
    TextTable table = new TextTable(HEADINGS);
    for (Keyword keyword : template.getKeywordsList()) {
      table.add(
          List.of(
              keyword.getKey(),
              keyword.getLabel(),
              keyword.getExample(),
              String.join(", ", keyword.getEnumValuesList())));
    }
    table.print(out, "  ");
  }

  private static String kind(TemplateKind kind) {
    return switch (kind) {
      case TEMPLATE_KIND_ONE_TIME -> "  (one-time)";
      case TEMPLATE_KIND_LONG_TERM -> "  (long-term)";
      case TEMPLATE_KIND_UNSPECIFIED, UNRECOGNIZED -> "";
    };
  }
}
