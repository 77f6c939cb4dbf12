package dev.wxnotify.server;

import java.io.PrintWriter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Explains what is wrong with a command line, and prints the usage. Unlike the library's own texts,
 * it does not repeat what was given: that may be a secret that was pasted into the wrong place, and
 * would get into the log of the process that ran the command. It names the option, or the position
 * in the line.
 */
final class UsageMistakes implements IParameterExceptionHandler {
  private static final String EXPECTED = "expected: ";

  /** The end of our own converters' texts; the part before it repeats the value. */
  private static final Pattern ENDS_WITH_EXPECTED =
      Pattern.compile("(?s).*\\((expected: [^()]*(?:\\([^()]*\\)[^()]*)*)\\)");

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(text(e, List.of(args)));
    UnmatchedArgumentException.printSuggestions(e, err);
    command.usage(err);
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static String text(ParameterException e, List<String> args) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return "Not an option, command or argument of this command: "
          + places(unmatched.getUnmatched(), args);
    }
    if (e instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      return "Missing: "
          + missing.getMissing().stream()
              .map(UsageMistakes::name)
              .collect(Collectors.joining(", "));
    }
    if (e instanceof OverwrittenOptionException twice) {
      return name(twice.getOverwritten()) + ": is given twice";
    }
    if (e.getArgSpec() != null) {
      return name(e.getArgSpec()) + ": " + expectation(e);
    }
    // Our own texts repeat nothing; those of the library may repeat the value.
    return e.getClass() == ParameterException.class
        ? String.valueOf(e.getMessage())
        : "The command line is wrong";
  }

  private static String places(List<String> unmatched, List<String> args) {
    return unmatched.stream()
        .map(args::indexOf)
        .map(place -> place < 0 ? "one of an @file" : "number " + (place + 1))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static String expectation(ParameterException e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      Matcher text = ENDS_WITH_EXPECTED.matcher(String.valueOf(cause.getMessage()));
      if (cause instanceof TypeConversionException && text.matches()) {
        return text.group(1);
      }
    }
    ArgSpec argument = e.getArgSpec();
    String type = argument.type().isArray() ? "" : argument.type().getSimpleName();
    return switch (type) {
      case "int", "long", "Integer", "Long" -> EXPECTED + "a whole number";
      case "double", "Double" -> EXPECTED + "a number";
      case "boolean", "Boolean" -> EXPECTED + "true or false, or no value";
      default -> EXPECTED + argument.paramLabel();
    };
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }
}
