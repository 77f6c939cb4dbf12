package dev.wxnotify.server.grpc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom the client certificate of one connection belongs to. A connection outlives a change of the
 * callers, so that it is looked up again when they have changed, and only then.
 *
 * <p>Concurrency: one volatile reference to an immutable answer; two calls that find it old look it
 * up both, and find the same.
 */
final class CertificateCaller {
  private final List<String> names;
  private volatile @Nullable Found found;

  private record Found(CallerDirectory directory, @Nullable Caller caller) {}

  /**
   * Creates it.
   *
   * @param names all names of a certificate that the CA signed
   */
  CertificateCaller(List<String> names) {
    this.names = List.copyOf(names);
  }

  /** Returns the caller among those of {@code directory}; null if there is none. */
  @Nullable Caller in(CallerDirectory directory) {
    Found last = found;
    if (last == null || last.directory != directory) {
      last = new Found(directory, directory.ofCertificate(names));
      found = last;
    }
    return last.caller;
  }
}
