package dev.wxnotify.server.config;

import java.nio.file.Path;

/** A file that a key names, and the secret that it holds. */
record SecretFile(Path path, String secret) {

  /** Never contains the secret. */
  @Override
  public String toString() {
    return "SecretFile[" + path + "]";
  }
}
