package dev.wxnotify.cli;

import picocli.CommandLine.Command;

/** {@code wxnotify send}: sends one message through a running server. */
@Command(
    name = "send",
    description = "Send one message through a running server, and report its outcome.",
    subcommands = {SendSubscribeCommand.class, SendSeckillCommand.class},
    synopsisSubcommandLabel = "(subscribe | seckill)",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Exit codes: 0 WeChat accepted the message, 1 it did not (or the server was not reached),",
      "64 the command line is wrong."
    })
public final class SendCommand {}
