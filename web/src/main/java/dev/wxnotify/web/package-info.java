/**
 * What the pages of the sandbox and of the server share: requests and answers as pages see them,
 * what is refused (hosts, origins), languages, templates, the frame of a page, and its files. It
 * knows no HTTP server, and nothing else of this project.
 *
 * <p><b>How a module adds pages.</b> Its pom sets two properties and names two plug-ins, whose
 * configuration is in the parent; {@code sandbox/pom.xml} shows it:
 *
 * <pre>{@code
 * <templates.phase>generate-sources</templates.phase>
 * <templates.package>dev.wxnotify.sandbox</templates.package>
 * …
 * <plugin> maven-antrun-plugin </plugin>
 * <plugin> build-helper-maven-plugin </plugin>
 * }</pre>
 *
 * <p>A template is a file {@code src/main/jte/NAME.jte}. The build makes a class of that package of
 * it, so it may use package-private types. Templates of one module call each other with
 * {@code @template.NAME(…)}; what several modules need is a method of {@link
 * dev.wxnotify.web.Page}, which each template of a page has as its first parameter:
 *
 * <pre>{@code
 * @param dev.wxnotify.web.Page page
 * @param java.util.List<Row> rows
 * <h1>${page.text("inbox.title")}</h1>
 * @for(Row row : rows)
 *   <li>${page.badge(row.tone(), row.state())} <bdi>${row.name()}</bdi> ${page.time(row.at())}</li>
 * @endfor
 * }</pre>
 *
 * <p>A handler renders it:
 *
 * <pre>{@code
 * Page page = layout.page(request, "inbox.title");
 * return layout.answer(page, templates.content("inbox", Map.of("page", page, "rows", rows)));
 * // A part of the page, for htmx or an event:
 * byte[] part = templates.render("rows", Map.of("page", page, "rows", rows));
 * }</pre>
 *
 * <p>A form that is refused is answered by 422 and the form again, which htmx puts in place; another
 * error shows its line of text in a toast. A list that follows events asks again on {@code
 * web:refresh}, after events may have been missed: {@code hx-trigger="web:refresh from:body"}. What
 * {@code web.js} does for other attributes stands in its first lines; {@code web.css} shows what there
 * is, and {@code SamplePages} in the tests serves all of it to look at.
 *
 * <p>Texts are in two files next to the class that names them, {@code NAME.en.properties} and
 * {@code NAME.zh-CN.properties}, in UTF-8, with places {@code {0}}, {@code {1}} for values.
 */
@NullMarked
package dev.wxnotify.web;

import org.jspecify.annotations.NullMarked;
