package dev.wxnotify.server.journal;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Answers what is known of subscriptions. Never blocks. */
public interface Subscriptions {
  /**
   * Returns what is known of one user: one for each template that is asked for, in that order, or
   * one for each that is known, by id. Credits are given as for one-time templates. The stage fails
   * with {@link JournalUnavailableException} where the store cannot be read.
   *
   * @param templateIds the templates; empty for all of which something is known
   */
  CompletionStage<List<Subscription>> find(String appId, String openId, List<String> templateIds);
}
