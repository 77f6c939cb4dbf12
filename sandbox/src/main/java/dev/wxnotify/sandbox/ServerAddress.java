package dev.wxnotify.sandbox;

import org.jspecify.annotations.Nullable;

/** The wxnotify server that sends to the sandbox, for the commands that pages show. */
final class ServerAddress {

  private volatile @Nullable String address;

  /** Sets where it listens for gRPC, like {@code 127.0.0.1:9090}. */
  void set(String listening) {
    address = listening;
  }

  boolean isKnown() {
    return address != null;
  }

  /** The address, or a placeholder for it. */
  String address() {
    String known = address;
    return known == null ? SendCommands.ANY_SERVER : known;
  }
}
