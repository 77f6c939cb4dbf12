package dev.wxnotify.server.token;

import java.time.Duration;

/** What came of asking WeChat for a token. */
public sealed interface IssueResult {

  /**
   * WeChat handed out a token.
   *
   * @param value the token
   * @param life how long it still lives, as WeChat said
   */
  record Issued(String value, Duration life) implements IssueResult {
    /** Never holds the value. */
    @Override
    public String toString() {
      return "Issued[" + life + "]";
    }
  }

  /** There is no token. */
  sealed interface Failure extends IssueResult {
    /** Returns what happened, for people; it never holds a secret. */
    String explanation();
  }

  /**
   * WeChat answered and said no.
   *
   * @param kind what helps
   * @param errcode WeChat's code
   * @param errmsg WeChat's text, without its rid
   * @param rid WeChat's id of the request; may be empty
   * @param who who said no, and to what, for people
   */
  record Refused(Kind kind, int errcode, String errmsg, String rid, String who) implements Failure {
    private static final String WECHAT = "WeChat refused to issue a token";

    /** WeChat's own answer to a token call. */
    public Refused(Kind kind, int errcode, String errmsg, String rid) {
      this(kind, errcode, errmsg, rid, WECHAT);
    }

    /** Tells whether WeChat itself said no, and not another system that keeps the token. */
    public boolean isWeChats() {
      return who.equals(WECHAT);
    }

    /** What helps against a refusal. */
    public enum Kind {
      /**
       * Only the operator can: a wrong AppID or AppSecret, an address that is not on the list, a
       * frozen account.
       */
      CREDENTIALS,
      /** Waiting: WeChat is busy, or a limit on token calls is reached. */
      BUSY
    }

    @Override
    public String explanation() {
      return who
          + ": "
          + errcode
          + (errmsg.isEmpty() ? "" : " " + errmsg)
          + (rid.isEmpty() ? "" : " rid: " + rid);
    }
  }

  /**
   * WeChat, or whoever keeps the token, could not be asked, or gave no answer that could be read.
   *
   * @param explanation what happened; it never holds a secret
   */
  record Unavailable(String explanation) implements Failure {}
}
