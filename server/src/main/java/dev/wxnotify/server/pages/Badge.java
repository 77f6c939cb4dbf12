package dev.wxnotify.server.pages;

import dev.wxnotify.web.Tone;

/**
 * A state in a word or two.
 *
 * @param tone its colour
 * @param text what it says, in the viewer's language
 */
record Badge(Tone tone, String text) {}
