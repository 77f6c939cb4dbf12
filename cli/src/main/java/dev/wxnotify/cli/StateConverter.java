package dev.wxnotify.cli;

import dev.wxnotify.v1.MiniProgramState;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads WeChat's names of the versions of a Mini Program. */
final class StateConverter implements ITypeConverter<MiniProgramState> {
  @Override
  public MiniProgramState convert(String value) {
    return switch (value) {
      case "developer" -> MiniProgramState.MINI_PROGRAM_STATE_DEVELOPER;
      case "trial" -> MiniProgramState.MINI_PROGRAM_STATE_TRIAL;
      case "formal" -> MiniProgramState.MINI_PROGRAM_STATE_FORMAL;
      default ->
          throw new TypeConversionException(
              "'" + value + "' (expected: developer, trial or formal)");
    };
  }
}
