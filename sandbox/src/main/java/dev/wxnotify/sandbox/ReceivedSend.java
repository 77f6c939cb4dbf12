package dev.wxnotify.sandbox;

import java.time.Instant;

/**
 * A send that the sandbox has read, whatever its result.
 *
 * @param body the exact request
 * @param errcode the errcode of the answer, or of the answer without the effect that spoilt it
 */
public record ReceivedSend(RawBody body, int errcode, Instant time) {}
