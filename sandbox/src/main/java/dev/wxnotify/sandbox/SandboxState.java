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
 * @param pushes what was pushed
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
    long overlappingSends,
    Pushes pushes) {

  /**
   * What was pushed.
   *
   * @param created all pushes, the repeats by hand included
   * @param waiting those that have not ended
   * @param delivered those that were answered with {@code success} or nothing
   * @param answered those that were answered with another body
   * @param givenUp those that were not answered well in any attempt
   * @param lost those that were never pushed, by a fault, a reset or a change of the settings
   * @param dropped those that were never pushed, since too many waited
   * @param attempts the requests
   * @param verifications by app what became of the verification of its URL: {@code verified},
   *     {@code trying}, or what was wrong the last time
   */
  public record Pushes(
      long created,
      int waiting,
      long delivered,
      long answered,
      long givenUp,
      long lost,
      long dropped,
      long attempts,
      Map<String, String> verifications) {

    /** Makes an immutable copy. */
    public Pushes {
      verifications = Map.copyOf(verifications);
    }
  }

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
