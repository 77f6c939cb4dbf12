package dev.wxnotify.server.testing;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Searches a text for what must never leak: plain or encoded secrets, and access tokens. */
public final class LeakScanner {
  /** The sandbox's access tokens, or a usable part of one. */
  private static final Pattern ACCESS_TOKEN = Pattern.compile("98_[A-Za-z0-9_-]{20,}");

  private static final int CONTEXT = 60;

  private final Set<String> secrets = new LinkedHashSet<>();

  /** Searches for {@code secrets}, and always for access tokens of the sandbox. */
  public LeakScanner(String... secrets) {
    for (String secret : secrets) {
      byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
      this.secrets.add(secret);
      this.secrets.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
      this.secrets.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
    }
  }

  /** Returns each match, with its surroundings. */
  public List<String> findings(String text) {
    List<String> found = new ArrayList<>();
    for (String secret : secrets) {
      int at = text.indexOf(secret);
      if (at >= 0) {
        found.add(around(text, at, at + secret.length()));
      }
    }
    Matcher token = ACCESS_TOKEN.matcher(text);
    while (token.find()) {
      found.add(around(text, token.start(), token.end()));
    }
    return found;
  }

  private static String around(String text, int start, int end) {
    return text.substring(Math.max(0, start - CONTEXT), Math.min(text.length(), end + CONTEXT));
  }
}
