package dev.wxnotify.server.delivery;

import java.util.List;
import java.util.stream.Collectors;

/** A message breaks rules that can be checked here; it names all of them at once. */
public final class InvalidMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Violation> violations;

  InvalidMessageException(List<Violation> violations) {
    // Bad input is daily business: no stack trace.
    super(
        violations.stream()
            .map(violation -> violation.field() + ": " + violation.description())
            .collect(Collectors.joining("; ")),
        null,
        false,
        false);
    this.violations = List.copyOf(violations);
  }

  /** Returns every rule that is broken; never empty. */
  public List<Violation> violations() {
    return violations;
  }
}
