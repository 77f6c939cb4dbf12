package dev.wxnotify.server.message;

import java.util.List;
import java.util.stream.Collectors;

/** A message breaks rules that are checked here; the exception names all of them. */
public final class InvalidMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Violation> violations;

  InvalidMessageException(List<Violation> violations) {
    // Invalid input is common and needs no stack trace.
    super(
        violations.stream()
            .map(violation -> violation.field() + ": " + violation.description())
            .collect(Collectors.joining("; ")),
        null,
        false,
        false);
    this.violations = List.copyOf(violations);
  }

  /** Returns every broken rule; never empty. */
  public List<Violation> violations() {
    return violations;
  }
}
