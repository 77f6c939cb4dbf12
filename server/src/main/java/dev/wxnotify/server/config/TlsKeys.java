package dev.wxnotify.server.config;

import java.util.List;

/** The keys of TLS on the gRPC port. */
final class TlsKeys {
  /** What the keys have in common. */
  static final String ALL = "wxnotify.grpc.tls";

  static final Key<ReadFile> CERTIFICATE =
      Key.optional(
          ALL + ".certificate",
          Types.FILE,
          "PEM file of the certificate; absent: plaintext. It needs `private-key`. Read again when"
              + " it changes, like all files here");

  static final Key<ReadFile> PRIVATE_KEY =
      Key.optional(
          ALL + ".private-key", Types.FILE, "PEM file of its key (PKCS#8). It needs `certificate`");

  static final Key<ReadFile> CLIENT_CA =
      Key.optional(
          ALL + ".client-ca",
          Types.FILE,
          "PEM file of the CA that signs client certificates; turns on mutual TLS. It needs"
              + " `certificate` and `private-key`");

  static final Section SECTION = new Section("TLS", List.of(CERTIFICATE, PRIVATE_KEY, CLIENT_CA));

  private TlsKeys() {}
}
