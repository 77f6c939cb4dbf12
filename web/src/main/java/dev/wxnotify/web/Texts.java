package dev.wxnotify.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The texts of pages, in each language. They are read when the first page needs them. All languages
 * have the same keys with the same places {@code {0}}, {@code {1}} for values, which tests ensure
 * by {@link #faults}.
 */
public final class Texts {
  private final Class<?> anchor;
  private final String name;
  private volatile @Nullable Map<Language, Map<String, String>> loaded;

  /**
   * Creates texts. Those of this package, such as {@code web.copy}, are always among them.
   *
   * @param anchor a class beside the files
   * @param name the files are {@code NAME.en.properties} and {@code NAME.zh-CN.properties}
   */
  public Texts(Class<?> anchor, String name) {
    this.anchor = anchor;
    this.name = name;
  }

  /** The texts in one language. */
  public Words in(Language language) {
    return new Words(language, of(language));
  }

  /** What is wrong with the files, one line each; empty if nothing is. For tests. */
  public List<String> faults() {
    return TextFaults.find(
        Map.of(Language.EN, of(Language.EN), Language.ZH_CN, of(Language.ZH_CN)));
  }

  private Map<String, String> of(Language language) {
    Map<Language, Map<String, String>> all = loaded;
    if (all == null) {
      all = new EnumMap<>(Language.class);
      for (Language each : Language.values()) {
        Map<String, String> both = new TreeMap<>(load(Texts.class, "web", each));
        both.putAll(load(anchor, name, each));
        all.put(each, both);
      }
      loaded = all;
    }
    return Objects.requireNonNull(all.get(language));
  }

  private static Map<String, String> load(Class<?> anchor, String name, Language language) {
    String file = name + "." + language.tag() + ".properties";
    try (InputStream in = anchor.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing beside " + anchor.getName());
      }
      Properties properties = new Properties();
      properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
      Map<String, String> texts = new TreeMap<>();
      properties.forEach((key, value) -> texts.put((String) key, (String) value));
      return texts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The texts in one language. */
  public static final class Words {
    private final Language language;
    private final Map<String, String> texts;

    private Words(Language language, Map<String, String> texts) {
      this.language = language;
      this.texts = texts;
    }

    /** The language. */
    public Language language() {
      return language;
    }

    /**
     * A text with its values in place.
     *
     * @throws IllegalArgumentException if there is no such key
     */
    public String get(String key, Object... values) {
      String text = texts.get(key);
      if (text == null) {
        throw new IllegalArgumentException("no text " + key + " in " + language.tag());
      }
      return values.length == 0 ? text : fill(text, values);
    }

    /** A text whose key is made of data, or something else where there is none. */
    public String getOr(String key, String other) {
      return texts.getOrDefault(key, other);
    }

    /** Not a MessageFormat, to which an apostrophe is a quote. */
    private static String fill(String text, Object[] values) {
      StringBuilder filled = new StringBuilder(text.length() + 32);
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        int digit = c == '{' && i + 2 < text.length() ? text.charAt(i + 1) - '0' : -1;
        if (digit >= 0 && digit < values.length && text.charAt(i + 2) == '}') {
          filled.append(values[digit]);
          i += 2;
        } else {
          filled.append(c);
        }
      }
      return filled.toString();
    }
  }
}
