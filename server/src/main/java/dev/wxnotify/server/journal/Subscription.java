package dev.wxnotify.server.journal;

import java.util.OptionalInt;

/**
 * What is known of the subscription of one user to one template.
 *
 * @param templateId the template
 * @param times when each kind of fact last happened
 * @param credits how many messages the user is known to accept; empty where that is not known
 */
public record Subscription(String templateId, SubscriptionTimes times, OptionalInt credits) {}
