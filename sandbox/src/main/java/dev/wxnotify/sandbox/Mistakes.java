package dev.wxnotify.sandbox;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a control call or a form, so that all of it is reported at once. */
final class Mistakes {

  /** Reads one field. */
  interface Reading<T extends @Nullable Object> {
    T read() throws ControlError;
  }

  private final List<ControlError> errors = new ArrayList<>();

  /** What {@code reading} reads; {@code otherwise} if it is wrong, which is kept for later. */
  <T extends @Nullable Object> T or(T otherwise, Reading<T> reading) {
    try {
      return reading.read();
    } catch (ControlError e) {
      errors.add(e);
      return otherwise;
    }
  }

  /** Reports all that was wrong so far. */
  void check() throws ControlError {
    if (!errors.isEmpty()) {
      throw ControlError.of(errors);
    }
  }
}
