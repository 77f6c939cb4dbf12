/** What was measured, as Markdown, JSON and a picture. */
@NullMarked
package dev.wxnotify.benchmark.report;

import org.jspecify.annotations.NullMarked;
