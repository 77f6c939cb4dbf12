/**
 * The templates of an app: what their texts say about messages, and the list of them that is kept
 * up to date. It does not depend on HTTP or JSON; those are behind {@link
 * dev.wxnotify.server.template.TemplateSource}.
 */
@NullMarked
package dev.wxnotify.server.template;

import org.jspecify.annotations.NullMarked;
