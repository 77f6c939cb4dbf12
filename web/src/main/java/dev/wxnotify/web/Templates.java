package dev.wxnotify.web;

import gg.jte.Content;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.TemplateOutput;
import gg.jte.output.Utf8ByteOutput;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The templates of one package, which the build has made classes of. The engine is made when the
 * first page needs it.
 */
public final class Templates {
  private final Class<?> anchor;
  private volatile @Nullable TemplateEngine engine;

  /**
   * Creates templates.
   *
   * @param anchor a class of the package that the module's {@code templates.package} names
   */
  public Templates(Class<?> anchor) {
    this.anchor = anchor;
  }

  /**
   * Renders a template in UTF-8.
   *
   * @param name without {@code .jte}
   * @param values its parameters by name; those with a default may be missing
   */
  public byte[] render(String name, Map<String, Object> values) {
    return render(content(name, values));
  }

  /** A template as a part of another one; it is rendered there. */
  public Content content(String name, Map<String, Object> values) {
    return new Content() {
      @Override
      public void writeTo(TemplateOutput output) {
        engine().render(name + ".jte", values, output);
      }
    };
  }

  static byte[] render(Content content) {
    Utf8ByteOutput output = new Utf8ByteOutput();
    content.writeTo(new gg.jte.html.OwaspHtmlTemplateOutput(output));
    return output.toByteArray();
  }

  private TemplateEngine engine() {
    TemplateEngine made = engine;
    if (made == null) {
      // Two threads may each make one; they are alike.
      made =
          TemplateEngine.createPrecompiled(
              null, ContentType.Html, anchor.getClassLoader(), anchor.getPackageName());
      engine = made;
    }
    return made;
  }
}
