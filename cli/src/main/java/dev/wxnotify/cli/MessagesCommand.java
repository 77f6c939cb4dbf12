package dev.wxnotify.cli;

import picocli.CommandLine.Command;

/** {@code wxnotify messages}: what became of messages. */
@Command(
    name = "messages",
    description = "Show what became of messages, as a running server recorded it.",
    subcommands = {MessagesGetCommand.class, MessagesListCommand.class},
    synopsisSubcommandLabel = "(get | list)",
    mixinStandardHelpOptions = true)
public final class MessagesCommand {}
