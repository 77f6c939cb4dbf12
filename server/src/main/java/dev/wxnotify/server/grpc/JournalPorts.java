package dev.wxnotify.server.grpc;

import dev.wxnotify.server.journal.EventFeed;
import dev.wxnotify.server.journal.EventIntake;
import dev.wxnotify.server.journal.MessageLookup;
import dev.wxnotify.server.journal.PushIntake;
import dev.wxnotify.server.journal.Subscriptions;

/**
 * What the services of events, messages and subscriptions read and write.
 *
 * @param messages what became of messages
 * @param feed the events, for watches
 * @param intake takes what callers report
 * @param subscriptions what is known of users
 * @param pushes takes pushes of WeChat that came elsewhere
 */
public record JournalPorts(
    MessageLookup messages,
    EventFeed feed,
    EventIntake intake,
    Subscriptions subscriptions,
    PushIntake pushes) {}
