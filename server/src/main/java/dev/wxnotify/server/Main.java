package dev.wxnotify.server;

import dev.wxnotify.cli.BatchCommand;
import dev.wxnotify.cli.EventsCommand;
import dev.wxnotify.cli.MessagesCommand;
import dev.wxnotify.cli.SendCommand;
import dev.wxnotify.cli.SubscriptionsCommand;
import dev.wxnotify.cli.TemplatesCommand;
import dev.wxnotify.cli.TokenCommand;
import dev.wxnotify.sandbox.SandboxCommand;
import dev.wxnotify.server.config.PlatformText;
import dev.wxnotify.server.logging.Logs;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point of the jar: finds the command and runs it. */
@Command(
    name = "wxnotify",
    description = "Sends WeChat Mini Program subscribe messages for a company's services.",
    subcommands = {
      ServeCommand.class,
      SandboxCommand.class,
      SendCommand.class,
      BatchCommand.class,
      TemplatesCommand.class,
      MessagesCommand.class,
      EventsCommand.class,
      SubscriptionsCommand.class,
      TokenCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = ImplementationVersion.class)
public final class Main {
  /** The command line is wrong; as in sysexits.h. */
  static final int EXIT_USAGE = 64;

  private Main() {}

  /** Runs the command in {@code args}, and ends the process with its exit code. */
  public static void main(String[] args) {
    NettyDefaults.apply();
    PlatformText.printUtf8();
    int exitCode = run(commandLine(), args);
    Logs.close();
    System.exit(exitCode);
  }

  private static int run(CommandLine commandLine, String[] args) {
    Optional<String> mistake = PlatformText.mistake(List.of(args));
    if (mistake.isPresent()) {
      commandLine.getErr().println("wxnotify: " + mistake.get());
      CommandLine command = args.length > 0 ? commandLine.getSubcommands().get(args[0]) : null;
      return (command == null ? commandLine : command).getCommandSpec().exitCodeOnInvalidInput();
    }
    return commandLine.execute(args);
  }

  static CommandLine commandLine() {
    // An argument that begins with @ is not a file with further arguments.
    CommandLine commandLine = new CommandLine(new Main()).setExpandAtFiles(false);
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
