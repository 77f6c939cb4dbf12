package dev.wxnotify.cli;

/** The form in which a command shows what it got. */
enum Output {
  /** For people. */
  TEXT,
  /** For programs. */
  JSON
}
