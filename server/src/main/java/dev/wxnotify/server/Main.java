package dev.wxnotify.server;

import dev.wxnotify.server.cli.BatchCommand;
import dev.wxnotify.server.cli.SendCommand;
import dev.wxnotify.server.sandbox.SandboxCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry of the jar: finds the command and runs it. */
@Command(
    name = "wxnotify",
    description = "Sends WeChat Mini Program subscribe messages for a company's services.",
    subcommands = {ServeCommand.class, SandboxCommand.class, SendCommand.class, BatchCommand.class},
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = ImplementationVersion.class)
public final class Main {
  /** The command line is wrong; as in sysexits.h. */
  static final int EXIT_USAGE = 64;

  private Main() {}

  /** Runs the command that {@code args} name, and ends the process with its exit code. */
  public static void main(String[] args) {
    NettyDefaults.apply();
    int exitCode = commandLine().execute(args);
    Logs.close();
    System.exit(exitCode);
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setParameterExceptionHandler(new UsageMistakes());
    everywhere(commandLine);
    return commandLine;
  }

  private static void everywhere(CommandLine commandLine) {
    boolean batch = commandLine.getCommand() instanceof BatchCommand;
    commandLine
        .getCommandSpec()
        .exitCodeOnInvalidInput(batch ? BatchCommand.EXIT_USAGE : EXIT_USAGE);
    commandLine.getSubcommands().values().forEach(Main::everywhere);
  }
}
