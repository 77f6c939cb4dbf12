package dev.wxnotify.server.config;

import dev.wxnotify.server.config.ServerSettings.TlsFiles;
import dev.wxnotify.server.grpc.Tls;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the files of TLS on the gRPC port, and checks that they fit together. */
final class TlsReader {
  private final Reading reading;

  /** The files, and what they hold. */
  record TlsSettings(TlsFiles files, Tls tls) {}

  TlsReader(Reading reading) {
    this.reading = reading;
  }

  /** Returns null for plaintext, and after a mistake. */
  @Nullable TlsSettings read() {
    boolean hasCertificate = reading.has(TlsKeys.CERTIFICATE);
    boolean hasPrivateKey = reading.has(TlsKeys.PRIVATE_KEY);
    if (hasCertificate != hasPrivateKey) {
      reading.mistake(TlsKeys.ALL, "expected: both certificate and private-key, or none of them");
      return null;
    }
    if (!hasCertificate) {
      if (reading.has(TlsKeys.CLIENT_CA)) {
        reading.mistake(TlsKeys.CLIENT_CA, "needs certificate and private-key");
      }
      return null;
    }
    Optional<ReadFile> certificate = reading.find(TlsKeys.CERTIFICATE);
    Optional<ReadFile> privateKey = reading.find(TlsKeys.PRIVATE_KEY);
    Optional<ReadFile> clientCa = reading.find(TlsKeys.CLIENT_CA);
    return certificate.isPresent() && privateKey.isPresent()
        ? settings(certificate.get(), privateKey.get(), clientCa.orElse(null))
        : null;
  }

  private @Nullable TlsSettings settings(
      ReadFile certificate, ReadFile privateKey, @Nullable ReadFile clientCa) {
    try {
      return new TlsSettings(
          new TlsFiles(
              certificate.path(), privateKey.path(), clientCa == null ? null : clientCa.path()),
          new Tls(
              certificate.content(),
              privateKey.content(),
              clientCa == null ? null : clientCa.content()));
    } catch (Tls.InvalidFilesException e) {
      e.mistakes().forEach((file, text) -> reading.mistake(key(file), text));
      return null;
    }
  }

  private static Key<ReadFile> key(Tls.File file) {
    return switch (file) {
      case CERTIFICATE -> TlsKeys.CERTIFICATE;
      case PRIVATE_KEY -> TlsKeys.PRIVATE_KEY;
      case CLIENT_CA -> TlsKeys.CLIENT_CA;
    };
  }
}
