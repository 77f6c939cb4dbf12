package dev.wxnotify.cli;

import picocli.CommandLine.Command;

/** {@code wxnotify token}: what a running server knows of its access tokens. */
@Command(
    name = "token",
    description = "Show how the access tokens of a running server stand, and never a token itself.",
    subcommands = TokenStatusCommand.class,
    synopsisSubcommandLabel = "status",
    mixinStandardHelpOptions = true)
public final class TokenCommand {}
