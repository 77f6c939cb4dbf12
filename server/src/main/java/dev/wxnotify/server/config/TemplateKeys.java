package dev.wxnotify.server.config;

import java.util.List;

/** The keys of templates. */
final class TemplateKeys {
  static final Key<Boolean> CHECK =
      Key.of(
          "wxnotify.templates.check",
          Types.oneOf(List.of(true, false), on -> on ? "on" : "off"),
          "on",
          "whether messages are checked by their template, as WeChat lists it, before they are"
              + " sent. See [templates.md](templates.md#what-is-checked)");

  static final Section SECTION = new Section("Templates", List.of(CHECK));

  private TemplateKeys() {}
}
