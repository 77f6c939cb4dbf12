package dev.wxnotify.sandbox;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of pushes. */
public enum PushEventKind {
  /** What became of a message ({@code subscribe_msg_sent_event}). */
  SENT("sent"),
  /** What a user answered to a dialog ({@code subscribe_msg_popup_event}). */
  POPUP("popup"),
  /** What a user changed in the settings ({@code subscribe_msg_change_event}). */
  CHANGE("change"),
  /** Any other push. */
  OTHER("other");

  private final String label;

  PushEventKind(String label) {
    this.label = label;
  }

  /** The name in flags and control calls. */
  public String label() {
    return label;
  }

  static Optional<PushEventKind> byLabel(String label) {
    return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(PushEventKind::label).toList();
  }
}
