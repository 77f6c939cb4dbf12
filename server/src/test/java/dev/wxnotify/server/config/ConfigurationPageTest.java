package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * {@code docs/configuration.md} says of each key what its declaration says. With {@code
 * -Dwxnotify.test.write-docs=true} the test writes the tables of keys instead of comparing them;
 * the rest of the page is written by hand.
 */
class ConfigurationPageTest {
  static final List<Section> SECTIONS = Keys.SECTIONS;

  private static final Path PAGE = Path.of("..", "docs", "configuration.md");

  private static final String HEADER = "| key | type | default | meaning |\n|---|---|---|---|\n";

  private static final Pattern TABLE =
      Pattern.compile(Pattern.quote(HEADER) + "(?:\\|.*\n)*", Pattern.MULTILINE);

  private static final String HOW_TO_WRITE_IT =
      "mvn test -pl server -am -Dtest=ConfigurationPageTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dwxnotify.test.write-docs=true"
          + " writes the tables of docs/configuration.md";

  @ParameterizedTest
  @FieldSource("SECTIONS")
  void tableOfASection_isThatOfItsKeys(Section section) throws Exception {
    String page = Files.readString(PAGE);
    MatchResult table = tableOf(section, page);
    String expected = HEADER + rows(section);

    if (Boolean.getBoolean("wxnotify.test.write-docs")) {
      Files.writeString(
          PAGE, page.substring(0, table.start()) + expected + page.substring(table.end()));
    } else {
      assertThat(table.group()).as(HOW_TO_WRITE_IT).isEqualTo(expected);
    }
  }

  @Test
  void tables_areThoseOfTheSections() throws Exception {
    assertThat(TABLE.matcher(Files.readString(PAGE)).results().count()).isEqualTo(SECTIONS.size());
  }

  /** In the table of types, or by themselves: the words of a choice are literal. */
  @Test
  void types_areExplained() throws Exception {
    List<String> explained =
        Files.readAllLines(PAGE).stream()
            .dropWhile(line -> !line.startsWith("| type |"))
            .takeWhile(line -> line.startsWith("|"))
            .flatMap(line -> List.of(line.split("\\|", -1)[1].strip().split(", ")).stream())
            .toList();

    assertThat(Keys.ALL)
        .extracting(key -> key.type().words())
        .allSatisfy(
            words ->
                assertThat(explained)
                    .as(words)
                    .anyMatch(type -> words.matches("(`.*|" + Pattern.quote(type) + "\\b.*)")));
  }

  private static MatchResult tableOf(Section section, String page) {
    Matcher heading =
        Pattern.compile("^#+ " + Pattern.quote(section.title()) + "$", Pattern.MULTILINE)
            .matcher(page);
    assertThat(heading.find()).as("a heading " + section.title()).isTrue();
    Matcher table = TABLE.matcher(page);
    assertThat(table.find(heading.end())).as("a table below " + section.title()).isTrue();
    assertThat(page.substring(heading.end(), table.start()))
        .as("between the heading %s and its table", section.title())
        .doesNotContain("\n#");
    return table.toMatchResult();
  }

  private static String rows(Section section) {
    StringBuilder rows = new StringBuilder();
    for (Key<?> key : section.keys()) {
      rows.append("| `")
          .append(key.name())
          .append("` | ")
          .append(type(key))
          .append(" |")
          .append(byDefault(key))
          .append(" | ")
          .append(key.meaning())
          .append(" |\n");
    }
    return rows.toString();
  }

  private static String type(Key<?> key) {
    String words = key.type().words();
    return key.type().isSecret() && !words.endsWith("secret") && !words.endsWith("secrets")
        ? words + ", may be secret"
        : words;
  }

  private static String byDefault(Key<?> key) {
    if (key.isRequired()) {
      return " required";
    }
    return key.byDefault() == null ? "" : " `" + key.byDefault() + "`";
  }
}
