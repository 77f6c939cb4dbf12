package dev.wxnotify.server;

import picocli.CommandLine.IVersionProvider;

/** Reads the version from the jar's manifest. */
final class ImplementationVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"wxnotify " + version()};
  }

  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(development)" : version;
  }
}
