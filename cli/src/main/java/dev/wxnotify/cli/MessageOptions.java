package dev.wxnotify.cli;

import dev.wxnotify.v1.Language;
import dev.wxnotify.v1.MiniProgramState;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The options that both kinds of message have. */
final class MessageOptions {
  @Option(
      names = "--app-id",
      paramLabel = "ID",
      description = "AppID of the Mini Program (default: the server's default app).",
      defaultValue = "")
  String appId = "";

  @Option(
      names = "--open-id",
      required = true,
      paramLabel = "ID",
      description = "The recipient's open id.")
  String openId = "";

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description =
          "Version of the Mini Program that a tap opens: developer, trial or formal (default).",
      converter = StateConverter.class)
  MiniProgramState state = MiniProgramState.MINI_PROGRAM_STATE_UNSPECIFIED;

  @Option(
      names = "--language",
      paramLabel = "LANG",
      description = "Language of the message's frame: zh_CN (default), en_US, zh_HK or zh_TW.",
      converter = LanguageConverter.class)
  Language language = Language.LANGUAGE_UNSPECIFIED;

  @Option(
      names = "--request-id",
      paramLabel = "ID",
      description =
          "Your id for the message: a repeat with it sends nothing and reports the first outcome.",
      defaultValue = "")
  String requestId = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "The deadline of the call in seconds (default: ${DEFAULT-VALUE}).",
      defaultValue = "10",
      converter = SecondsConverter.class)
  Duration timeout = Duration.ZERO;

  @Option(names = "--validate-only", description = "Check the message, send nothing.")
  boolean validateOnly;

  @Option(
      names = "--skip-unless-subscribed",
      description = "Do not send if the user is known to have no subscription left.")
  boolean skipUnlessSubscribed;
}
