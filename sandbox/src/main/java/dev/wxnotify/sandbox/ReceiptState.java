package dev.wxnotify.sandbox;

import java.util.Locale;

/** What became of the newest receipt of a message. */
enum ReceiptState {
  /** There is none: the app has no push URL, or the message was not accepted. */
  NONE,
  /** Not pushed yet, or not answered. */
  WAITING,
  /** Pushed; it says that the message was delivered. */
  DELIVERED,
  /** Pushed; it says that the message was not delivered. */
  FAILED,
  /** Never pushed, or not answered well in any attempt. */
  LOST;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static ReceiptState of(Push receipt) {
    return switch (receipt.state()) {
      case WAITING -> WAITING;
      case DELIVERED, ANSWERED -> receipt.content().saysDelivered() ? DELIVERED : FAILED;
      case GIVEN_UP, LOST -> LOST;
    };
  }
}
