package dev.wxnotify.server.sandbox;

/** Answers the calls to one path. */
interface Endpoint {

  /** Answers at once; what is to come late or spoilt says so in the answer. */
  Answer answer(Call call) throws Refused;
}
