package dev.wxnotify.server.sandbox;

import java.time.Instant;

/**
 * A send that the sandbox has read, whatever came of it.
 *
 * @param body the exact request
 * @param errcode what it was answered, or would have been if the answer had not been spoilt
 */
public record ReceivedSend(RawBody body, int errcode, Instant time) {}
