package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;

/** Writes answers in WeChat's wording. */
final class Answers {

  private static final int DETAIL_LIMIT = 30;
  private static final String BAD_VALUE_PREFIX = "argument invalid! ";

  private final AnswerStyle style;
  private final InstantSource clock;

  Answers(AnswerStyle style, InstantSource clock) {
    this.style = style;
    this.clock = clock;
  }

  ObjectNode ok() {
    return Json.object().put("errcode", 0).put("errmsg", "ok");
  }

  ObjectNode error(Refused refused) {
    return error(refused.errcode(), refused.text());
  }

  ObjectNode error(int errcode) {
    return error(errcode, ErrorTexts.of(errcode));
  }

  /** The answer to a request that {@code effect} keeps from being processed. */
  Answer instead(Effect effect) {
    ObjectNode json =
        switch (effect.kind()) {
          case ERRCODE -> error(effect.argument());
          case GBK_ERRMSG -> error(ErrorTexts.INVALID_OPEN_ID);
          case EARLY_ANSWER -> error(ErrorTexts.BUSY);
          default -> Json.object();
        };
    return Answer.of(json).spoilt(effect);
  }

  private ObjectNode error(int errcode, String text) {
    return Json.object().put("errcode", errcode).put("errmsg", cut(text) + trace());
  }

  /** Until 2022 WeChat cut the detail of a bad value at 30 characters, in the middle of a word. */
  private String cut(String text) {
    int longest = BAD_VALUE_PREFIX.length() + DETAIL_LIMIT;
    return style.cutsDetails() && text.startsWith(BAD_VALUE_PREFIX) && text.length() > longest
        ? text.substring(0, longest)
        : text;
  }

  private String trace() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return switch (style.errmsg()) {
      // The first group is the time, so that support can find the call.
      case RID ->
          " rid: %08x-%08x-%08x"
              .formatted(clock.instant().getEpochSecond(), random.nextInt(), random.nextInt());
      case HINT -> " hint: [%06x%06x]".formatted(random.nextInt(1 << 24), random.nextInt(1 << 24));
    };
  }
}
