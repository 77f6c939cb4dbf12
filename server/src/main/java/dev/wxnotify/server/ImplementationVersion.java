package dev.wxnotify.server;

import picocli.CommandLine.IVersionProvider;

/** Reads the version from the jar's manifest. */
final class ImplementationVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Main.class.getPackage().getImplementationVersion();
    return new String[] {"wxnotify " + (version == null ? "(development)" : version)};
  }
}
