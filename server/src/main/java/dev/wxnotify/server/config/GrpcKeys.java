package dev.wxnotify.server.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** The keys of the gRPC port. */
final class GrpcKeys {
  static final Key<InetAddress> HOST =
      Key.of(
          "wxnotify.grpc.host",
          Types.HOST,
          "127.0.0.1",
          "address to listen on. It must be a loopback address unless `callers`, `tls.client-ca`"
              + " or `allow-anonymous` says who may call");

  static final Key<Integer> PORT =
      Key.of(
          "wxnotify.grpc.port",
          Types.PORT,
          "9090",
          "port to listen on; 0 = any free one, which is logged");

  static final Key<Integer> MAX_IN_FLIGHT =
      Key.of(
          "wxnotify.grpc.max-in-flight",
          Types.integerFrom(2),
          "1000",
          "the most messages in progress at once. Each counts once for every 8,192 characters."
              + " More single calls are answered OVERLOADED, batches wait. Batches take at most a"
              + " quarter more than `wxnotify.wechat.max-connections`, and at most three quarters"
              + " of this");

  static final Key<Boolean> REFLECTION =
      Key.of(
          "wxnotify.grpc.reflection",
          Types.BOOLEAN,
          "true",
          "whether callers may read the contract by reflection");

  static final Key<Boolean> ALLOW_ANONYMOUS =
      Key.of(
          "wxnotify.grpc.allow-anonymous",
          Types.BOOLEAN,
          "false",
          "whether callers without credentials may send. Without it, and without `callers` or"
              + " `tls.client-ca`, the host must be a loopback address");

  static final Key<Boolean> ALLOW_ANONYMOUS_TOKENS =
      Key.of(
          "wxnotify.grpc.allow-anonymous-tokens",
          Types.BOOLEAN,
          "false",
          "whether `TokenService` gives access tokens to callers without credentials: only where"
              + " the host is a loopback address, and there are no `callers` and no"
              + " `tls.client-ca`");

  static final Key<Integer> MAX_CONNECTIONS =
      Key.of(
          "wxnotify.grpc.max-connections",
          Types.integerFrom(1),
          "10000",
          "the most connections at once; not more than one for each 64 KiB of the heap, or half"
              + " of the file descriptors of the process");

  static final Key<Duration> MAX_CONNECTION_AGE =
      Key.of(
          "wxnotify.grpc.max-connection-age",
          Types.DURATION,
          "30m",
          "how long a connection lives; it ends with GOAWAY, and no call is lost");

  static final Key<Duration> MAX_CONNECTION_AGE_GRACE =
      Key.of(
          "wxnotify.grpc.max-connection-age-grace",
          Types.DURATION,
          "1h",
          "how long its calls and streams may go on after that");

  static final Section SECTION =
      new Section(
          "gRPC",
          List.of(
              HOST,
              PORT,
              MAX_IN_FLIGHT,
              REFLECTION,
              ALLOW_ANONYMOUS,
              ALLOW_ANONYMOUS_TOKENS,
              MAX_CONNECTIONS,
              MAX_CONNECTION_AGE,
              MAX_CONNECTION_AGE_GRACE));

  private GrpcKeys() {}
}
