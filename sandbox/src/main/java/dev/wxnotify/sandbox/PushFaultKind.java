package dev.wxnotify.sandbox;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What goes wrong with a push. */
public enum PushFaultKind {
  /** Others overtake it. */
  LATE("late", "pushed that many milliseconds later"),
  /** Two pushes in the other order. */
  REORDERED("reordered", "held back until another push has been answered, at most 1 s"),
  /** The receiver has it before the sender knows its id. */
  BEFORE_ANSWER(
      "before-answer", "the receipt is pushed and answered before the answer of its send"),
  /** The same push twice. */
  DUPLICATE("duplicate", "pushed twice at the same time, byte for byte the same"),
  /** No push. */
  LOST("lost", "never pushed"),
  /** The message was not delivered. */
  FAILED("failed", "the receipt says that the message was not delivered"),

  /** A forgery. */
  WRONG_SIGNATURE("wrong-signature", "signature and msg_signature are wrong"),
  /** A forgery of somebody who does not try hard. */
  NO_SIGNATURE("no-signature", "signature and msg_signature are missing"),
  /** A replay. */
  STALE("stale", "timestamp and CreateTime are an hour old, the signatures are right"),
  /** A clock that is wrong. */
  FUTURE("future", "timestamp and CreateTime are an hour ahead, the signatures are right"),
  /** A push for somebody else. */
  WRONG_APP("wrong-app", "for another AppID; in plain mode, for another original id"),
  /** A key that was changed at one end only. */
  WRONG_KEY("wrong-key", "encrypted with another key; the signatures are right"),
  /** Base64 with other bytes between. */
  GARBLED("garbled", "Encrypt is not base64; the signatures are right"),
  /** A length that goes beyond the text. */
  BAD_LENGTH("bad-length", "the encrypted length goes beyond the text; the signatures are right"),
  /** The padding that 16-byte libraries refuse. */
  PAD_32("pad-32", "the encrypted text ends in blanks so that the padding is 32 bytes"),
  /** Blanks around the encrypted text. */
  BLANKS("blanks", "blanks around the base64 of Encrypt; the signatures are of it without them"),
  /** Half a body. */
  TRUNCATED("truncated", "the second half of the text is missing"),
  /** More than WeChat ever pushes. */
  OVERSIZED("oversized", "100,000 blanks before the end of the text"),
  /** XML with entities. */
  DOCTYPE("doctype", "in XML, the text declares a DOCTYPE with an entity"),

  /** The other form of a list of one. */
  LIST_ARRAY("list-array", "in JSON, List is an array although it has one element"),
  /** Numbers as text. */
  SCALARS_TEXT("scalars-text", "all numbers are text (JSON) or CDATA (XML)"),
  /** Text as numbers. */
  SCALARS_NUMBER("scalars-number", "in JSON, all that looks like a number is one, MsgID included");

  private final String label;
  private final String meaning;

  PushFaultKind(String label, String meaning) {
    this.label = label;
    this.meaning = meaning;
  }

  /** The name in flags, control calls and open ids. */
  public String label() {
    return label;
  }

  /** What the receiver sees, in a few words. */
  public String meaning() {
    return meaning;
  }

  boolean takesArgument() {
    return this == LATE;
  }

  static Optional<PushFaultKind> byLabel(String label) {
    return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(PushFaultKind::label).toList();
  }
}
