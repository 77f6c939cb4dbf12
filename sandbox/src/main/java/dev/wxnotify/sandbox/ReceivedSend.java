package dev.wxnotify.sandbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A send that the sandbox has read, whatever its result. It keeps no more than what cannot be
 * computed when somebody looks, since a load test makes very many of them.
 *
 * @param number counts up with everything that happens in the sandbox, over resets
 * @param appId the app that made it; empty if its token is nobody's
 * @param method of the request
 * @param query of the request, without its token
 * @param contentType of the request; empty for none
 * @param body the exact request
 * @param errcode the errcode of the answer, or of the answer without the effect that spoilt it; the
 *     HTTP status of a gateway's page
 * @param errmsg what the answer says; empty for a gateway's page
 * @param effect what spoilt the answer; null for nothing
 * @param accepted the message, if it was accepted
 */
public record ReceivedSend(
    long number,
    String appId,
    String method,
    String query,
    String contentType,
    RawBody body,
    int errcode,
    String errmsg,
    @Nullable Effect effect,
    @Nullable AcceptedMessage accepted,
    Instant time) {}
