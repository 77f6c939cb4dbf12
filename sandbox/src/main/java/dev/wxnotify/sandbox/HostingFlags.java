package dev.wxnotify.sandbox;

import dev.wxnotify.sandbox.FlagTypes.DurationFlag;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags about WeChat's cloud hosting. */
final class HostingFlags {

  @Option(
      names = "--cloudbase-file",
      paramLabel = "FILE",
      description =
          "Plays WeChat's cloud hosting: writes a cloudbase_access_token to this file and changes"
              + " it.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--cloudbase-refresh",
      paramLabel = "DURATION",
      converter = DurationFlag.class,
      description = "How often that token changes (default: 10m).")
  private Duration refresh = HostingRules.NONE.refresh();

  @Option(
      names = "--cloudbase-ttl",
      paramLabel = "DURATION",
      converter = DurationFlag.class,
      description = "How long each is valid (default: 30m).")
  private Duration ttl = HostingRules.NONE.ttl();

  @Option(
      names = "--open-interface",
      description = "Calls need no token, as with the sidecar of WeChat's cloud hosting.")
  private boolean openInterface;

  @Option(
      names = "--hosted-app",
      paramLabel = "APPID",
      description = "The app of the cloud hosting, if there are several.")
  private @Nullable String appId;

  HostingRules rules() {
    return new HostingRules(appId, tokenFile, refresh, ttl, openInterface);
  }
}
