package dev.wxnotify.server.sandbox;

/**
 * How answers look; WeChat has changed this over the years.
 *
 * @param errmsg what follows the text of an error
 * @param cutsDetails true to cut the detail of a bad value at 30 characters, as until 2022
 * @param msgid false to leave out the id of an accepted message, as until 2021
 */
public record AnswerStyle(Errmsg errmsg, boolean cutsDetails, boolean msgid) {

  /** What follows the text of an error. */
  public enum Errmsg {
    /** {@code rid: 5f4a019e-2d30aec9-1952de67}, today's form. */
    RID,
    /** {@code hint: [...]}, the form until 2020. */
    HINT
  }
}
