package dev.wxnotify.sandbox;

import dev.wxnotify.web.EventSink;

/** A sink that says when to pause, so that a long list does not look like a slow client. */
interface PacedSink extends EventSink {

  /** False while much is on its way to the client. */
  boolean ready();
}
