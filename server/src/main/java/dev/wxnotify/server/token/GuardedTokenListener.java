package dev.wxnotify.server.token;

import dev.wxnotify.server.token.TokenIssuer.Mode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the faults of a listener away from the tokens. */
final class GuardedTokenListener implements TokenListener {
  private static final Logger log = LoggerFactory.getLogger(GuardedTokenListener.class);

  private final TokenListener listener;

  GuardedTokenListener(TokenListener listener) {
    this.listener = listener;
  }

  @Override
  public void fetched(String appId, Mode mode, IssueResult result) {
    try {
      listener.fetched(appId, mode, result);
    } catch (Throwable fault) {
      complain(fault);
    }
  }

  @Override
  public void rejected(String appId) {
    try {
      listener.rejected(appId);
    } catch (Throwable fault) {
      complain(fault);
    }
  }

  @Override
  public void read(String appId, boolean found) {
    try {
      listener.read(appId, found);
    } catch (Throwable fault) {
      complain(fault);
    }
  }

  @Override
  public void requested(String appId, Request request, boolean granted) {
    try {
      listener.requested(appId, request, granted);
    } catch (Throwable fault) {
      complain(fault);
    }
  }

  private static void complain(Throwable fault) {
    log.error("a token listener failed", fault);
  }
}
