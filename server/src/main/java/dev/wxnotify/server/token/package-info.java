/**
 * The access token: one per app and lifetime, shared by all callers, renewed before it ends. It
 * does not depend on HTTP, Redis or gRPC; those are behind {@link
 * dev.wxnotify.server.token.TokenIssuer} and {@link dev.wxnotify.server.token.TokenStore}.
 */
@NullMarked
package dev.wxnotify.server.token;

import org.jspecify.annotations.NullMarked;
