package dev.wxnotify.server;

import dev.wxnotify.server.ServerSettings.TlsFiles;
import dev.wxnotify.server.grpc.CallerSettings;
import dev.wxnotify.server.grpc.ConnectionSettings;
import dev.wxnotify.server.grpc.GrpcServer;
import dev.wxnotify.server.grpc.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks what is said of the gRPC port: where it is, who may call, and what calls may cost. */
final class GrpcSettingsReader {
  private static final String KEY = "wxnotify.grpc";

  /** What {@code sha256sum} says of nothing: a token that was not set. */
  private static final String HASH_OF_NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private static final List<String> ALL_APPS = List.of("*");

  private final ServerConfig.Grpc config;
  private final Map<String, String> appIds;
  private final Mistakes mistakes;

  /**
   * Creates a reader.
   *
   * @param appIds the AppID of each app that is configured, by its name
   * @param mistakes takes what is wrong
   */
  GrpcSettingsReader(ServerConfig.Grpc config, Map<String, String> appIds, Mistakes mistakes) {
    this.config = config;
    this.appIds = appIds;
    this.mistakes = mistakes;
  }

  /** Returns null where there is no address to listen on, which is told then. */
  GrpcServer.@Nullable Settings settings(@Nullable Tls tls) {
    List<CallerSettings> callers = callers();
    InetSocketAddress address = address();
    mistakes.atLeast(KEY + ".max-connections", config.maxConnections(), 1);
    mistakes.positive(KEY + ".max-connection-age", config.maxConnectionAge());
    mistakes.positive(KEY + ".max-connection-age-grace", config.maxConnectionAgeGrace());
    return address == null
        ? null
        : new GrpcServer.Settings(
            address,
            config.reflection(),
            tls,
            callers,
            config.allowAnonymous(),
            new ConnectionSettings(
                config.maxConnections(),
                config.maxConnectionAge(),
                config.maxConnectionAgeGrace()));
  }

  private @Nullable InetSocketAddress address() {
    boolean isPort = mistakes.isPort(KEY + ".port", config.port());
    InetAddress address = mistakes.host(KEY + ".host", config.host());
    boolean asks = !config.callers().isEmpty() || config.tls().clientCa().isPresent();
    if (address != null && !address.isLoopbackAddress() && !asks && !config.allowAnonymous()) {
      mistake(
          ".host",
          "is not a loopback address, and nothing says who may call; name them in"
              + " wxnotify.grpc.callers, or ask for certificates with"
              + " wxnotify.grpc.tls.client-ca, or set wxnotify.grpc.allow-anonymous=true to let"
              + " anybody who reaches the port send");
    }
    return isPort && address != null ? new InetSocketAddress(address, config.port()) : null;
  }

  /** Returns the files of TLS; null for plaintext, or where a file is missing, which is told. */
  @Nullable TlsFiles tlsFiles() {
    Optional<String> certificate = config.tls().certificate();
    Optional<String> privateKey = config.tls().privateKey();
    if (certificate.isPresent() != privateKey.isPresent()) {
      mistake(".tls", "expected: both certificate and private-key, or none of them");
    } else if (certificate.isEmpty() && config.tls().clientCa().isPresent()) {
      mistake(".tls.client-ca", "needs certificate and private-key");
    }
    if (certificate.isEmpty() || privateKey.isEmpty()) {
      return null;
    }
    Path first = mistakes.path(KEY + ".tls.certificate", certificate.get());
    Path second = mistakes.path(KEY + ".tls.private-key", privateKey.get());
    Path third =
        config
            .tls()
            .clientCa()
            .map(file -> mistakes.path(KEY + ".tls.client-ca", file))
            .orElse(null);
    return first == null || second == null ? null : new TlsFiles(first, second, third);
  }

  /** Returns what the files hold; null where that is of no use, which is told. */
  @Nullable Tls tls(TlsFiles files) {
    byte[] certificate = content(".tls.certificate", files.certificate());
    byte[] privateKey = content(".tls.private-key", files.privateKey());
    byte[] clientCa = files.clientCa() == null ? null : content(".tls.client-ca", files.clientCa());
    if (certificate == null
        || privateKey == null
        || (files.clientCa() != null && clientCa == null)) {
      return null;
    }
    try {
      return new Tls(certificate, privateKey, clientCa);
    } catch (Tls.InvalidFilesException e) {
      e.mistakes()
          .forEach(
              (file, text) ->
                  mistake(
                      switch (file) {
                        case CERTIFICATE -> ".tls.certificate";
                        case PRIVATE_KEY -> ".tls.private-key";
                        case CLIENT_CA -> ".tls.client-ca";
                      },
                      text));
      return null;
    }
  }

  private byte @Nullable [] content(String key, Path file) {
    return mistakes.content(KEY + key, file.toString());
  }

  private List<CallerSettings> callers() {
    Map<String, String> hashes = new HashMap<>();
    Map<String, String> names = new HashMap<>();
    List<CallerSettings> callers = new ArrayList<>();
    config
        .callers()
        .forEach(
            (name, caller) -> {
              String key = ".callers." + name;
              if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")) {
                mistake(
                    key, "is not a name of a caller (expected: at most 64 of A-Z a-z 0-9 _ . -)");
              }
              callers.add(
                  new CallerSettings(
                      name,
                      hashes(key, name, caller, hashes),
                      certificateNames(key, name, caller, names),
                      apps(key, caller),
                      limit(key + ".max-in-flight", caller.maxInFlight()),
                      limit(key + ".max-per-second", caller.maxPerSecond()),
                      caller.operator()));
            });
    return callers;
  }

  private List<String> hashes(
      String key, String name, ServerConfig.CallerConfig caller, Map<String, String> known) {
    if (caller.tokenSha256().isEmpty() && caller.certificateNames().isEmpty()) {
      mistake(key, "expected: token-sha256 or certificate-names, or both");
    }
    List<String> hashes = new ArrayList<>();
    for (String each : caller.tokenSha256().orElse(List.of())) {
      String hash = each.strip().toLowerCase(Locale.ROOT);
      if (!hash.matches("[0-9a-f]{64}")) {
        // Not repeated: it may be the token itself.
        mistake(key + ".token-sha256", "expected: the 64 hexadecimal digits of a SHA-256");
      } else if (hash.equals(HASH_OF_NOTHING)) {
        mistake(key + ".token-sha256", "is the hash of an empty token");
      } else if (known.putIfAbsent(hash, name) != null) {
        mistake(key + ".token-sha256", "is there twice, here or for " + known.get(hash));
      } else {
        hashes.add(hash);
      }
    }
    return hashes;
  }

  private Set<String> certificateNames(
      String key, String name, ServerConfig.CallerConfig caller, Map<String, String> known) {
    if (caller.certificateNames().isPresent() && config.tls().clientCa().isEmpty()) {
      mistake(key + ".certificate-names", "needs wxnotify.grpc.tls.client-ca");
    }
    Set<String> names = new LinkedHashSet<>();
    for (String each : caller.certificateNames().orElse(List.of())) {
      String other = known.putIfAbsent(each.strip(), name);
      if (other != null) {
        mistake(key + ".certificate-names", "a name is there twice, here or for " + other);
      }
      names.add(each.strip());
    }
    return names;
  }

  private @Nullable Set<String> apps(String key, ServerConfig.CallerConfig caller) {
    if (caller.apps().equals(ALL_APPS)) {
      return null;
    }
    Set<String> ids = new HashSet<>();
    for (String app : caller.apps()) {
      String id = appIds.get(app.strip());
      if (id == null) {
        mistake(key + ".apps", "expected: each the NAME of a wxnotify.apps.NAME, or * for all");
      } else {
        ids.add(id);
      }
    }
    return ids;
  }

  private @Nullable Integer limit(String key, OptionalInt limit) {
    if (limit.isEmpty()) {
      return null;
    }
    mistakes.atLeast(KEY + key, limit.getAsInt(), 1);
    return limit.getAsInt();
  }

  private void mistake(String key, String text) {
    mistakes.add(KEY + key, text);
  }
}
