package dev.wxnotify.sandbox;

/** The wxnotify server that sends to the sandbox, for the commands that pages show. */
final class ServerAddress {

  private static final Known UNKNOWN = new Known("grpcurl -plaintext", SendCommands.ANY_SERVER);

  private record Known(String grpcurl, String address) {}

  private volatile Known known = UNKNOWN;

  /**
   * Sets where it listens, and how it is called.
   *
   * @param grpcurl the start of a command
   * @param address like {@code 127.0.0.1:9090}
   */
  void set(String grpcurl, String address) {
    known = new Known(grpcurl, address);
  }

  /** False if the commands have a placeholder. */
  boolean isKnown() {
    return !known.equals(UNKNOWN);
  }

  /** A command that calls a method with a request, which is quoted already. */
  String call(String request, String method) {
    Known now = known;
    return now.grpcurl() + " -d " + request + " " + now.address() + " " + method;
  }
}
