package dev.wxnotify.sandbox;

/** Answers the calls to one path. */
interface Endpoint {

  /** Answers immediately; a delay or an effect is part of the answer. */
  Answer answer(Call call) throws Refused;
}
