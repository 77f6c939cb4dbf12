package dev.wxnotify.server.pages;

import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import org.jspecify.annotations.Nullable;

/**
 * Makes the pages; who may see them is decided before. Used on the threads of the pages, by several
 * at once.
 */
interface ConsolePages {

  /** Why a login form is shown again. */
  enum LoginProblem {
    /** The token belongs to no caller. */
    WRONG_TOKEN,
    /** The token belongs to a caller without the operator's right. */
    NO_OPERATOR,
    /** Too many wrong tokens came from there; this one was not looked at. */
    TOO_OFTEN,
    /** There was a session, and it has ended. */
    SESSION_ENDED
  }

  /** Why nobody can see the console from there. */
  enum Refusal {
    /** No callers are configured, and the request came from another machine. */
    NOT_LOCAL,
    /** No callers are configured, and a proxy passed the request on. */
    FORWARDED
  }

  /**
   * Answers what needs no right, and shows no data: assets, and the choice of language and scheme.
   * State changes come from pages of this server only.
   *
   * @return null for anything else
   */
  @Nullable PageAnswer open(PageRequest request);

  /**
   * Answers a request of somebody who may see the console; only GET and HEAD arrive here. A path
   * that is none of the console's is 404.
   */
  PageAnswer page(PageRequest request, ConsoleData data);

  /**
   * The login form. It is sent by POST to {@code /login} with the fields {@code token} and {@code
   * next}. (To log out is a POST to {@code /logout}, from any page, where the viewer has a name.)
   *
   * @param next the page to show afterwards: a path of this server with its query
   * @param problem null for the first try
   */
  PageAnswer.Whole login(PageRequest request, String next, @Nullable LoginProblem problem);

  /** Says why nothing is shown, and what to do about it. */
  PageAnswer.Whole refused(PageRequest request, Refusal why);
}
