package dev.wxnotify.server.config;

import java.nio.file.Path;

/** A file that a key names, and what it holds. */
final class ReadFile {
  private final Path path;
  private final byte[] content;

  ReadFile(Path path, byte[] content) {
    this.path = path;
    this.content = content;
  }

  Path path() {
    return path;
  }

  byte[] content() {
    return content;
  }
}
