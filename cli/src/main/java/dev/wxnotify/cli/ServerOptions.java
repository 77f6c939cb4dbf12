package dev.wxnotify.cli;

import dev.wxnotify.client.ClientBuilder;
import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.files.Secret;
import dev.wxnotify.files.SmallFile;
import dev.wxnotify.files.UnusableFileException;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which server to call, and how to prove who calls. */
final class ServerOptions {
  private static final int MAX_PORT = 65_535;

  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+(?:%\\w+)?]):(?<port>\\d{1,5})");

  /** A target of gRPC with a scheme: several servers behind one name, or a Unix socket. */
  private static final Pattern OTHER_TARGET =
      Pattern.compile("dns:///[A-Za-z0-9._-]+:\\d{1,5}|unix:(?://)?/[^\\s?#]+");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      description = "The server to call (default: ${DEFAULT-VALUE}).",
      defaultValue = "127.0.0.1:9090")
  private String server = "";

  @Option(names = "--tls", description = "Use TLS, with the JVM's trusted certificates.")
  private boolean tls;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "Use TLS, and trust the certificates of this PEM file only.")
  private @Nullable Path ca;

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      description = "Use mutual TLS with this certificate chain (PEM); needs --private-key.")
  private @Nullable Path certificate;

  @Option(
      names = "--private-key",
      paramLabel = "FILE",
      description = "The key of --certificate (PEM).")
  private @Nullable Path privateKey;

  @Option(
      names = "--authority",
      paramLabel = "NAME",
      description = "The name that the server's certificate must have, if not that of --server.")
  private @Nullable String authority;

  @Option(
      names = "--bearer-token-file",
      paramLabel = "FILE",
      description = "A file with the caller's token; it is read again for each call.")
  private @Nullable Path bearerTokenFile;

  /** Begins a client with these options. */
  ClientBuilder client() {
    if (!isServer(server)) {
      throw wrong("--server: expected: HOST:PORT, such as 127.0.0.1:9090 or [::1]:9090");
    }
    ClientBuilder builder = NotificationClient.builder(server).userAgent("wxnotify-cli");
    if (tls || ca != null || certificate != null || privateKey != null) {
      builder.credentials(credentials());
    } else {
      builder.plaintext();
    }
    if (authority != null) {
      builder.authority(authority);
    }
    if (bearerTokenFile != null) {
      Path file = bearerTokenFile;
      secret(file); // A mistake is better told now.
      builder.bearerToken(() -> secret(file));
    }
    return builder;
  }

  /** gRPC would report another text by an exception, or later, and some texts never. */
  private static boolean isServer(String text) {
    if (OTHER_TARGET.matcher(text).matches()) {
      return true;
    }
    Matcher matcher = HOST_AND_PORT.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    int port = Integer.parseInt(matcher.group("port"));
    return port > 0 && port <= MAX_PORT;
  }

  private io.grpc.ChannelCredentials credentials() {
    if ((certificate == null) != (privateKey == null)) {
      throw wrong("--certificate and --private-key must be given together");
    }
    TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
    try {
      if (ca != null) {
        credentials.trustManager(content("--ca", ca));
      }
      if (certificate != null && privateKey != null) {
        credentials.keyManager(
            content("--certificate", certificate), content("--private-key", privateKey));
      }
    } catch (IOException e) {
      throw new AssertionError("it is in memory", e);
    }
    return credentials.build();
  }

  private InputStream content(String option, Path file) {
    try {
      return new ByteArrayInputStream(SmallFile.read(file));
    } catch (UnusableFileException e) {
      throw wrong(option + ": the file " + e.getMessage());
    }
  }

  private String secret(Path file) {
    try {
      return Secret.read(file);
    } catch (UnusableFileException e) {
      throw wrong("--bearer-token-file: the file " + e.getMessage());
    }
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
