package dev.wxnotify.sandbox;

import java.util.Map;

/**
 * What has happened since the start or the last reset.
 *
 * @param requests the requests read, by label of the endpoint, including those spoilt by faults
 * @param tokenFetches the calls for a token with the right secret, by app
 * @param sendsReceived the sends read; those that were reset before they were read do not count
 * @param sendsAccepted the messages accepted, answered or not
 * @param sendsByErrcode the sends by their errcode, 0 for accepted ones; the HTML pages of a
 *     gateway count under their HTTP status
 * @param duplicates how often a body was accepted that had been accepted before
 * @param connectionsOpen the connections open now
 * @param connectionsAccepted the connections accepted
 * @param mostSendsPerOpenId the most sends to one open id that ran at the same time
 * @param overlappingSends the sends that arrived while another one to their open id was running
 */
public record SandboxState(
    Map<String, Long> requests,
    Map<String, TokenFetches> tokenFetches,
    long sendsReceived,
    long sendsAccepted,
    Map<Integer, Long> sendsByErrcode,
    long duplicates,
    int connectionsOpen,
    long connectionsAccepted,
    int mostSendsPerOpenId,
    long overlappingSends) {

  /**
   * The token calls of one app.
   *
   * @param classic at the classic endpoint
   * @param stable at the stable endpoint, including forced ones
   * @param forced with {@code force_refresh}
   */
  public record TokenFetches(long classic, long stable, long forced) {

    TokenFetches plus(TokenFetches other) {
      return new TokenFetches(
          classic + other.classic, stable + other.stable, forced + other.forced);
    }
  }

  /** Makes immutable copies. */
  public SandboxState {
    requests = Map.copyOf(requests);
    tokenFetches = Map.copyOf(tokenFetches);
    sendsByErrcode = Map.copyOf(sendsByErrcode);
  }

  /** The token calls of one app. */
  public TokenFetches tokenFetches(String appId) {
    return tokenFetches.getOrDefault(appId, new TokenFetches(0, 0, 0));
  }

  /** The sends that got this errcode. */
  public long sends(int errcode) {
    return sendsByErrcode.getOrDefault(errcode, 0L);
  }

  /** The requests read at this endpoint. */
  public long requests(SandboxEndpoint endpoint) {
    return requests.getOrDefault(endpoint.label(), 0L);
  }
}
