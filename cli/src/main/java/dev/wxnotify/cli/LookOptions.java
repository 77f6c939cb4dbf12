package dev.wxnotify.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The options of every command that only looks at something of a server. */
final class LookOptions {
  @Option(
      names = "--output",
      paramLabel = "FORM",
      description = "text (default) or json: the response in the contract's JSON form.",
      converter = OutputConverter.class)
  private Output output = Output.TEXT;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "The deadline of the call in seconds (default: ${DEFAULT-VALUE}).",
      defaultValue = "10",
      converter = SecondsConverter.class)
  Duration timeout = Duration.ZERO;

  /**
   * Prints a response in the form that was asked for.
   *
   * @param asText prints it for people
   */
  void print(Message response, Runnable asText, PrintWriter out)
      throws InvalidProtocolBufferException {
    if (output == Output.JSON) {
      out.println(JsonFormat.printer().preservingProtoFieldNames().print(response));
    } else {
      asText.run();
    }
  }
}
