package dev.wxnotify.benchmark.report;

/**
 * One thing that was to be reached.
 *
 * @param what in words
 * @param wanted in words
 * @param measured in words
 * @param met whether it was reached, by the medians
 */
public record Target(String what, String wanted, String measured, boolean met) {}
