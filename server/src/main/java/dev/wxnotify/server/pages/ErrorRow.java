package dev.wxnotify.server.pages;

import dev.wxnotify.server.pages.Explanations.Explanation;

/**
 * An error of the page that explains all of them.
 *
 * @param name a reason of the contract, or an errcode
 * @param anchor what links to it name
 * @param explanation what it means
 */
record ErrorRow(String name, String anchor, Explanation explanation) {}
