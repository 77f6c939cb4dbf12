package dev.wxnotify.server.config;

import java.util.List;

/**
 * Keys that belong together, in the order of {@code docs/configuration.md}.
 *
 * @param title the heading above their table
 */
record Section(String title, List<Key<?>> keys) {}
