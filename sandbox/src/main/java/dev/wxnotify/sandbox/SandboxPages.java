package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;

/** The pages of the sandbox: {@code /}, {@code /inbox…}, {@code /assets/…} and the preferences. */
interface SandboxPages {

  /** No page at all. */
  SandboxPages NONE = request -> PageAnswer.text(404, "There is no such page.");

  /**
   * Answers a request whose {@code Host} and {@code Origin} have been checked. It runs on a thread
   * of {@link InboxWorkers} and may take its time; what it throws is logged and gets a 500.
   */
  PageAnswer answer(PageRequest request);
}
