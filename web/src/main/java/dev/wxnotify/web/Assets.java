package dev.wxnotify.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Files for browsers below {@code /assets/}: those of the libraries, those of this package, and
 * those of a product. Only what is listed is served. A file is read when it is first asked for.
 *
 * <p>Links carry a hash of the content, so that browsers keep the file for a year; a link without
 * it is asked about again each time (ETag).
 */
public final class Assets {
  /** Paths that begin so are answered by {@link #answer}. */
  public static final String PATH = "/assets/";

  private static final String WEBJARS = "/META-INF/resources/webjars/";
  private static final Map<String, String> TYPES =
      Map.of(
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  /** Not {@code gzip;q=0}. */
  private static final Pattern GZIP =
      Pattern.compile("(?:^|,)\\s*gzip\\s*(?:$|,|;\\s*q=(?:1|0?\\.[0-9]*[1-9]))");

  private final Map<String, Location> locations;
  private final Map<String, Asset> loaded = new ConcurrentHashMap<>();

  private record Location(Class<?> anchor, String resource) {}

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Asset(byte[] content, byte[] zipped, String type, String version) {}

  /** Those of the libraries and of this package. */
  public Assets() {
    this(shared());
  }

  private Assets(Map<String, Location> locations) {
    this.locations = locations;
  }

  /**
   * These and more.
   *
   * @param anchor a class beside the files
   * @param names such as {@code inbox.js}; css, js and svg
   */
  public Assets with(Class<?> anchor, String... names) {
    Map<String, Location> more = new HashMap<>(locations);
    for (String name : names) {
      if (more.put(name, new Location(anchor, name)) != null) {
        throw new IllegalArgumentException("two assets have the name " + name);
      }
    }
    return new Assets(more);
  }

  private static Map<String, Location> shared() {
    return Map.of(
        "web.css", new Location(Assets.class, "web.css"),
        "web.js", new Location(Assets.class, "web.js"),
        "icon.svg", new Location(Assets.class, "icon.svg"),
        "htmx.js", new Location(Assets.class, WEBJARS + "htmx.org/2.0.7/dist/htmx.min.js"),
        "sse.js", new Location(Assets.class, WEBJARS + "htmx-ext-sse/2.2.2/sse.js"),
        "uplot.js", new Location(Assets.class, WEBJARS + "uplot/1.6.30/dist/uPlot.iife.min.js"),
        "uplot.css", new Location(Assets.class, WEBJARS + "uplot/1.6.30/dist/uPlot.min.css"));
  }

  /**
   * The link to a file.
   *
   * @throws IllegalArgumentException if it is not listed
   */
  public String url(String name) {
    Asset asset = find(name);
    if (asset == null) {
      throw new IllegalArgumentException("no asset " + name);
    }
    return PATH + name + "?v=" + asset.version;
  }

  /** The answer to a request of a path below {@link #PATH}, or nothing for another path. */
  public Optional<PageAnswer.Whole> answer(PageRequest request) {
    if (!request.path().startsWith(PATH)) {
      return Optional.empty();
    }
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      return Optional.of(
          PageAnswer.text(405, "Only GET and HEAD are possible here.").with("Allow", "GET, HEAD"));
    }
    Asset asset = find(request.path().substring(PATH.length()));
    if (asset == null) {
      return Optional.of(PageAnswer.text(404, "There is no such file."));
    }
    boolean zipped = takesGzip(request.header("accept-encoding"));
    String tag = "\"" + asset.version + (zipped ? "-gzip" : "") + "\"";
    boolean current = asset.version.equals(request.parameter("v"));
    Map<String, String> headers = new HashMap<>(PageHeaders.ofAssets());
    headers.put("ETag", tag);
    headers.put("Vary", "Accept-Encoding");
    headers.put("Cache-Control", current ? "public, max-age=31536000, immutable" : "no-cache");
    if (matches(request.header("if-none-match"), tag)) {
      return Optional.of(new PageAnswer.Whole(304, "", new byte[0], headers));
    }
    if (zipped) {
      headers.put("Content-Encoding", "gzip");
    }
    byte[] body = zipped ? asset.zipped : asset.content;
    return Optional.of(new PageAnswer.Whole(200, asset.type, body, headers));
  }

  private static boolean takesGzip(@Nullable String encodings) {
    return encodings != null && GZIP.matcher(encodings.toLowerCase(Locale.ROOT)).find();
  }

  private static boolean matches(@Nullable String tags, String tag) {
    if (tags == null) {
      return false;
    }
    for (String each : tags.split(",", -1)) {
      String given = each.strip();
      if (given.equals("*") || given.equals(tag) || given.equals("W/" + tag)) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Asset find(String name) {
    Location location = locations.get(name);
    return location == null ? null : loaded.computeIfAbsent(name, any -> load(name, location));
  }

  private static Asset load(String name, Location location) {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      throw new IllegalStateException(name + " is neither css, js nor svg");
    }
    try (InputStream in = location.anchor.getResourceAsStream(location.resource)) {
      if (in == null) {
        throw new IllegalStateException(location.resource + " is missing");
      }
      byte[] content = in.readAllBytes();
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return new Asset(content, zip(content), type, HexFormat.of().formatHex(hash, 0, 8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] zip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(content.length / 2);
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(content);
    }
    return bytes.toByteArray();
  }
}
