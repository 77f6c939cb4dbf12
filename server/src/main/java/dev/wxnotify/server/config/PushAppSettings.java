package dev.wxnotify.server.config;

import dev.wxnotify.server.push.PushMode;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which pushes of one app are accepted.
 *
 * @param name the operator's name of the app, which is in the path of the push URL
 * @param keys the EncodingAESKeys; none where no push is encrypted
 * @param forwardUrl who gets the pushes that are not for this server; null for nobody
 */
public record PushAppSettings(
    String name, Secrets tokens, Secrets keys, PushMode mode, @Nullable URI forwardUrl) {

  /**
   * Secrets of one kind, several while they change.
   *
   * @param files the file of each; empty where they are in the configuration itself
   */
  public record Secrets(List<String> values, List<Path> files) {
    static final Secrets NONE = new Secrets(List.of(), List.of());

    /** Copies the lists. */
    public Secrets {
      values = List.copyOf(values);
      files = List.copyOf(files);
    }

    static Secrets of(List<SecretFile> files) {
      return new Secrets(
          files.stream().map(SecretFile::secret).toList(),
          files.stream().map(SecretFile::path).toList());
    }

    /** Never contains a secret. */
    @Override
    public String toString() {
      return "Secrets[" + values.size() + " of " + files + "]";
    }
  }

  /**
   * Returns these settings with the secrets of {@code known} that are from the same files: a change
   * of a file itself is followed by the watch on it.
   */
  PushAppSettings withSecretsOf(@Nullable PushAppSettings known) {
    return known == null
        ? this
        : new PushAppSettings(
            name, same(tokens, known.tokens), same(keys, known.keys), mode, forwardUrl);
  }

  private static Secrets same(Secrets now, Secrets known) {
    return !now.files.isEmpty() && now.files.equals(known.files) ? known : now;
  }
}
