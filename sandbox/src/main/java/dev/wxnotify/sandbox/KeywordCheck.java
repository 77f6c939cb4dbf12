package dev.wxnotify.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * One keyword of a message, checked by the sandbox's own rules.
 *
 * @param keyword its name, such as {@code thing1}
 * @param label what the template shows before it; empty if the template does not have it
 * @param value as the message has it; empty if it is missing
 * @param type the part of the name that names the rule, such as {@code thing}
 * @param length of the value, in UTF-16 units
 * @param limit the most UTF-16 units or digits that the type allows; 0 if that depends on the form
 * @param ok true if the value alone would not make WeChat refuse the message
 * @param problem what is wrong; null for nothing. A keyword that the template does not have is a
 *     problem even where the sandbox ignores it as WeChat does
 */
record KeywordCheck(
    String keyword,
    String label,
    String value,
    String type,
    int length,
    int limit,
    boolean ok,
    @Nullable KeywordProblem problem) {}
