package dev.wxnotify.server.push;

/** What pushes of an app are accepted. */
public enum PushMode {
  /** Encrypted ones only, as they come in WeChat's safe and compatible modes. */
  SAFE,
  /**
   * Plain ones too. Their signature does not cover the body: whoever has seen one URL can forge any
   * body for as long as its timestamp counts.
   */
  PLAIN
}
