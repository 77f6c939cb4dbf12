package dev.wxnotify.server.delivery;

import org.jspecify.annotations.Nullable;

/** What is known about WeChat's error codes, for people. */
@FunctionalInterface
public interface ErrcodeExplanations {

  /**
   * What one code means.
   *
   * @param outcome the outcome of a message that ends with it
   * @param meaning what it means
   * @param action what to do about it
   */
  record Entry(SendOutcome outcome, String meaning, String action) {}

  /** Returns null for a code that is not in the table; 0 is not in it, since it is no error. */
  @Nullable Entry find(int errcode);
}
