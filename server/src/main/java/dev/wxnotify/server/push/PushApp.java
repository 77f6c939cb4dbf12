package dev.wxnotify.server.push;

import java.net.URI;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An app whose pushes are accepted.
 *
 * @param name its name in the configuration, which is in the path of the push URL
 * @param secrets returns those of the moment
 * @param forwardUrl who gets the pushes that are not for this server; null for nobody
 */
public record PushApp(
    String name,
    String appId,
    PushMode mode,
    Supplier<PushSecrets> secrets,
    @Nullable URI forwardUrl) {}
