import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.resolve.DirectoryCodeResolver;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes a Java class of each jte template of a module; the build runs this file as it is. Only
 * files whose content changes are written, so that the compiler does not compile the module again.
 *
 * <p>Arguments: the folder of the templates, the folder of the sources, the package, the file that
 * is touched at the end.
 */
final class GenerateTemplates {
  private static final String WARNINGS = "@SuppressWarnings(\"unchecked\")";
  private static final String NO_WARNINGS = "@SuppressWarnings({\"all\", \"unchecked\"})";

  private GenerateTemplates() {}

  public static void main(String[] args) throws IOException {
    Path templates = Path.of(args[0]);
    Path sources = Path.of(args[1]);
    Path fresh = Files.createTempDirectory(sources.getParent(), "jte");
    try {
      TemplateEngine engine =
          TemplateEngine.create(
              new DirectoryCodeResolver(templates) {
                @Override
                public String resolveRequired(String name) {
                  // A part of a line stays a part of a line.
                  return super.resolveRequired(name).stripTrailing();
                }
              },
              fresh,
              ContentType.Html,
              GenerateTemplates.class.getClassLoader(),
              args[2]);
      engine.setTrimControlStructures(true);
      List<String> names = engine.generateAll();
      Set<Path> kept = new HashSet<>();
      for (String name : names) {
        String code = Files.readString(fresh.resolve(name)).replace(WARNINGS, NO_WARNINGS);
        Path target = sources.resolve(name);
        kept.add(target);
        if (!Files.exists(target) || !Files.readString(target).equals(code)) {
          Files.createDirectories(target.getParent());
          Files.writeString(target, code);
        }
      }
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          if (!kept.contains(file)) {
            Files.delete(file);
          }
        }
      }
    } finally {
      delete(fresh);
    }
    Files.writeString(Path.of(args[3]), "");
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException e)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
