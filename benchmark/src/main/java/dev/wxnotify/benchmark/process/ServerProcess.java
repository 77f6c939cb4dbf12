package dev.wxnotify.benchmark.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wxnotify.benchmark.load.GrpcClient;
import dev.wxnotify.benchmark.load.Transport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * wxnotify itself, from the jar that it ships in, with its defaults, and for callers with a token
 * where the settings do not say otherwise.
 */
public final class ServerProcess extends ChildProcess {
  /** Settings of a server that asks nobody who he is. */
  public static final Map<String, String> NO_CALLERS =
      Map.of("WXNOTIFY_GRPC_CALLERS_BENCHMARK_TOKEN_SHA256", "");

  /** The AppID of its app, whose name is shop. */
  public static final String APP_ID = "wx0123456789abcdef";

  private static final Pattern PORT = Pattern.compile("gRPC on \\S+:(\\d+)");

  private static final Pattern MONITORING = Pattern.compile("monitoring on (\\S+:\\d+)");

  private static final Pattern PUSH_PORT = Pattern.compile("pushes on \\S+:(\\d+)");

  private static final Pattern TRANSPORT = Pattern.compile("sockets by (\\w+)");

  private final int port;
  private final String ready;

  /**
   * Starts {@code serve} and waits until it says that it is ready.
   *
   * @param name for reports and messages
   * @param upstream where WeChat is
   * @param settings environment variables on top; an empty one takes a default away
   */
  public ServerProcess(
      String name, Path jar, List<String> jvmFlags, String upstream, Map<String, String> settings)
      throws IOException, InterruptedException {
    super(name, java(jvmFlags, "-jar", jar.toString(), "serve"), environment(upstream, settings));
    this.ready = nextLineWith(" ready: ");
    this.port = Integer.parseInt(find(PORT));
  }

  private static Map<String, String> environment(String upstream, Map<String, String> settings) {
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "WXNOTIFY_GRPC_PORT",
                "0",
                "WXNOTIFY_GRPC_CALLERS_BENCHMARK_TOKEN_SHA256",
                sha256(GrpcClient.TOKEN),
                "WXNOTIFY_MONITORING_PORT",
                "0",
                "WXNOTIFY_WECHAT_BASE_URL",
                upstream,
                "WXNOTIFY_APPS_SHOP_APP_ID",
                APP_ID,
                "WXNOTIFY_APPS_SHOP_APP_SECRET",
                "0123456789abcdef0123456789abcdef"));
    environment.putAll(settings);
    environment.values().removeIf(String::isEmpty);
    return environment;
  }

  private static String sha256(String token) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private String find(Pattern pattern) {
    Matcher matcher = pattern.matcher(ready);
    if (!matcher.find()) {
      throw new IllegalStateException(
          "the server is ready, but does not say \"" + pattern + "\": " + ready);
    }
    return matcher.group(1);
  }

  /** Returns how it reads and writes sockets, by its own words. */
  public Transport transport() {
    return Transport.of(find(TRANSPORT));
  }

  /** Returns the port of WeChat's pushes; only of a server that has one. */
  public int pushPort() {
    return Integer.parseInt(find(PUSH_PORT));
  }

  /** Returns the address of the operator's console. */
  public URI console() {
    return URI.create("http://" + find(MONITORING) + "/");
  }

  /** Returns the port of gRPC. */
  public int port() {
    return port;
  }
}
