package dev.wxnotify.sandbox;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses the values of flags. */
final class FlagTypes {

  private FlagTypes() {}

  /** {@code 80ms}, {@code 30s}, {@code 5m} or {@code 2h}. */
  static final class DurationFlag implements ITypeConverter<Duration> {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    @Override
    public Duration convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + text + "' (expected: like 80ms, 30s, 5m or 2h)");
      }
      long amount = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        default -> Duration.ofHours(amount);
      };
    }
  }

  /** {@code endpoint:what[:often]}. */
  static final class FaultFlag implements ITypeConverter<Fault> {

    @Override
    public Fault convert(String text) {
      try {
        return Fault.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** {@code DAY} or {@code DAY/MINUTE}. */
  static final class QuotaFlag implements ITypeConverter<Quota> {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,15})(?:/([0-9]{1,15}))?");

    @Override
    public Quota convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + text + "' (expected: like 1000 or 1000/60)");
      }
      String perMinute = matcher.group(2);
      return new Quota(
          Long.parseLong(matcher.group(1)), perMinute == null ? 0 : Long.parseLong(perMinute));
    }
  }

  /** {@code ID:KEYWORD,KEYWORD}, a one-time template whose labels are its keywords. */
  static final class TemplateFlag implements ITypeConverter<SandboxTemplate> {

    @Override
    public SandboxTemplate convert(String text) {
      int colon = text.indexOf(':');
      if (colon < 0) {
        throw new TypeConversionException("'" + text + "' (expected: ID:thing1,time2)");
      }
      try {
        List<SandboxTemplate.Keyword> keywords =
            Arrays.stream(text.substring(colon + 1).split(",", -1))
                .map(name -> new SandboxTemplate.Keyword(name, name, ""))
                .toList();
        return new SandboxTemplate(text.substring(0, colon), "sandbox", false, keywords);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** The name of an endpoint, as in faults. */
  static final class EndpointFlag implements ITypeConverter<SandboxEndpoint> {

    @Override
    public SandboxEndpoint convert(String text) {
      return SandboxEndpoint.byLabel(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'" + text + "' (expected: like send or stable_token)"));
    }
  }
}
