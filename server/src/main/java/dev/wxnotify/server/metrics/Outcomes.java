package dev.wxnotify.server.metrics;

/** How many messages ended how. */
public record Outcomes(long accepted, long rejected, long notSent, long unknown) {}
