package dev.wxnotify.web;

/**
 * A line above the content, as after a form.
 *
 * @param tone its colour
 * @param text shown as it is
 */
public record Flash(Tone tone, String text) {}
