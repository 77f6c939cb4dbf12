package dev.wxnotify.cli;

import picocli.CommandLine.Command;

/** {@code wxnotify subscriptions}: what is known of the subscriptions of users. */
@Command(
    name = "subscriptions",
    description = "Show what a running server knows of a user's subscriptions, or report them.",
    subcommands = {SubscriptionsGetCommand.class, SubscriptionsReportCommand.class},
    synopsisSubcommandLabel = "(get | report)",
    mixinStandardHelpOptions = true)
public final class SubscriptionsCommand {}
