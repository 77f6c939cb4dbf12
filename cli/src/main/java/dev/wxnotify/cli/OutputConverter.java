package dev.wxnotify.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the form of a command's output. */
final class OutputConverter implements ITypeConverter<Output> {
  @Override
  public Output convert(String value) {
    return switch (value) {
      case "text" -> Output.TEXT;
      case "json" -> Output.JSON;
      default -> throw new TypeConversionException("'" + value + "' (expected: text or json)");
    };
  }
}
