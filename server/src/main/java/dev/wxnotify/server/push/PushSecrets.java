package dev.wxnotify.server.push;

import java.util.List;

/**
 * What proves that a push is WeChat's; several of each while they change.
 *
 * @param tokens at least one
 * @param keys none for an app whose pushes are never encrypted
 */
public record PushSecrets(List<String> tokens, List<EncodingAesKey> keys) {
  /** Copies the lists. */
  public PushSecrets {
    tokens = List.copyOf(tokens);
    keys = List.copyOf(keys);
  }

  /** Never contains a secret. */
  @Override
  public String toString() {
    return "PushSecrets[" + tokens.size() + " token(s), " + keys.size() + " key(s)]";
  }
}
