package dev.wxnotify.cli;

import dev.wxnotify.v1.TokenSource;
import dev.wxnotify.v1.TokenState;
import dev.wxnotify.v1.TokenStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Prints how tokens stand, for a person: a table, and below it what does not work. */
final class TokenReport {
  private static final String NOTHING = "-";
  private static final List<String> HEADINGS =
      List.of("APP", "STATE", "SOURCE", "AGE", "EXPIRES IN", "FINGERPRINT", "CALLS LEFT");

  private final PrintWriter out;

  TokenReport(PrintWriter out) {
    this.out = out;
  }

  void print(List<TokenStatus> tokens) {
    TextTable table = new TextTable(HEADINGS);
    for (TokenStatus token : tokens) {
      table.add(
          List.of(
              token.getAppId(),
              state(token.getState()),
              source(token.getSource()),
              token.hasAge() ? text(token.getAge()) : NOTHING,
              token.hasExpiresIn() ? text(token.getExpiresIn()) : NOTHING,
              token.getFingerprint().isEmpty() ? NOTHING : token.getFingerprint(),
              Integer.toString(token.getCallsLeft())));
    }
    table.print(out, "");
    for (TokenStatus token : tokens) {
      if (!token.getTrouble().isEmpty()) {
        out.println();
        out.println(token.getAppId() + ": " + token.getTrouble().replaceAll("\\p{Cntrl}+", " "));
        if (token.hasNextTryIn()) {
          out.println("  next attempt in " + text(token.getNextTryIn()));
        }
      }
    }
  }

  private static String state(TokenState state) {
    return switch (state) {
      case TOKEN_STATE_NONE, TOKEN_STATE_FRESH, TOKEN_STATE_STALE, TOKEN_STATE_EXPIRED ->
          state.name().replaceFirst("TOKEN_STATE_", "").toLowerCase(Locale.ROOT);
      case TOKEN_STATE_NOT_NEEDED -> "not needed";
      case TOKEN_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown to this command";
    };
  }

  private static String source(TokenSource source) {
    return switch (source) {
      case TOKEN_SOURCE_WECHAT,
          TOKEN_SOURCE_SHARED,
          TOKEN_SOURCE_URL,
          TOKEN_SOURCE_REDIS,
          TOKEN_SOURCE_CLOUDBASE ->
          source.name().replaceFirst("TOKEN_SOURCE_", "").toLowerCase(Locale.ROOT);
      case TOKEN_SOURCE_UNSPECIFIED -> NOTHING;
      case UNRECOGNIZED -> "unknown to this command";
    };
  }

  private static String text(com.google.protobuf.Duration duration) {
    return Durations.text(Duration.ofSeconds(duration.getSeconds(), duration.getNanos()));
  }
}
