package dev.wxnotify.server.grpc;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One configured caller.
 *
 * @param name the operator's name for it
 * @param tokenHashes the SHA-256 of each of its bearer tokens, in hexadecimal digits
 * @param certificateNames the names in its client certificates
 * @param appIds the apps that it may use; null for all
 * @param maxInFlight the maximum number of its messages in progress; null for no limit
 * @param maxPerSecond the maximum number of its messages that begin in a second, on average; null
 *     for no limit
 * @param isOperator whether it may call the operator's service
 * @param mayHaveTokens whether it may get the access tokens of its apps
 * @param mayPush whether it may pass on pushes of WeChat
 */
public record CallerSettings(
    String name,
    List<String> tokenHashes,
    Set<String> certificateNames,
    @Nullable Set<String> appIds,
    @Nullable Integer maxInFlight,
    @Nullable Integer maxPerSecond,
    boolean isOperator,
    boolean mayHaveTokens,
    boolean mayPush) {}
