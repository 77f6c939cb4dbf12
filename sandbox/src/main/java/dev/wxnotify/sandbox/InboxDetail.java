package dev.wxnotify.sandbox;

import java.util.List;

/**
 * One send with all that is known of it.
 *
 * @param request the request as HTTP, from its first line; the token is masked
 * @param requestBody the body alone, masked the same way
 * @param answer the answer as HTTP, from its first line, as it was written to the connection; cut
 *     after {@link RawTexts#MOST} characters
 * @param end what happened to the connection then, such as {@code reset}; empty for nothing odd
 * @param receipts the pushes of its receipt, oldest first
 */
record InboxDetail(
    InboxMessage message,
    String request,
    String requestBody,
    String answer,
    String end,
    List<SandboxPush> receipts) {}
