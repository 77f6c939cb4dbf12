package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import java.util.concurrent.CompletionStage;

/** What a request gets, now or later. */
sealed interface Reply permits Answer, Reply.Later, Reply.Page {

  /**
   * A reply that is not there yet.
   *
   * @param abandon runs if the caller goes away before
   */
  record Later(CompletionStage<? extends Reply> reply, Runnable abandon) implements Reply {}

  /** A page, a part of one, or a stream of events. */
  record Page(PageAnswer answer) implements Reply {}
}
