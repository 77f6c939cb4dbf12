package dev.wxnotify.sandbox;

/**
 * The form of answers; WeChat has changed it over the years.
 *
 * @param errmsg what follows the text of an error
 * @param cutsDetails true to cut the detail of a bad value at 30 characters, as WeChat did until
 *     2022
 * @param msgid false to leave out the id of an accepted message, as WeChat did until 2021
 */
public record AnswerStyle(Errmsg errmsg, boolean cutsDetails, boolean msgid) {

  /** What follows the text of an error. */
  public enum Errmsg {
    /** {@code rid: 5f4a019e-2d30aec9-1952de67}, the current form. */
    RID,
    /** {@code hint: [...]}, the form until 2020. */
    HINT
  }
}
