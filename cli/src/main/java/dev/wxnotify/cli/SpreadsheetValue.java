package dev.wxnotify.cli;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** What spreadsheets make of a value before they save it as CSV. */
final class SpreadsheetValue {
  /** A formula whose value is a text: keeps the zeros before a number. */
  private static final Pattern TEXT_FORMULA = Pattern.compile("\\s*=\\s*\"((?:[^\"]|\"\")*)\"\\s*");

  /** Any other formula that has a text, and that text with a comma in it, cut in two. */
  private static final Pattern BROKEN_FORMULA = Pattern.compile("(?s)\\s*=\\s*\".*");

  /** A formula of cells or functions, which an export writes in place of its value. */
  private static final Pattern FORMULA =
      Pattern.compile(
          "(?s)=\\s*[+-]?(?:\\$?[A-Za-z]{1,3}\\$?[0-9]+(?![\\p{L}0-9]).*|[A-Za-z][A-Za-z0-9.]*\\(.*)");

  private static final Set<String> ERRORS =
      Set.of(
          "#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!");

  /** A column was too narrow for its number or date. */
  private static final Pattern HASHES = Pattern.compile("#{4,}");

  private static final Pattern SCIENTIFIC =
      Pattern.compile("[+-]?[0-9]+(?:\\.[0-9]*[Ee][+-]?|[Ee][+-])[0-9]+");

  private static final Pattern THOUSANDS = Pattern.compile("[0-9]{1,3}(?:,[0-9]{3})+");

  /** Digits and letters as wide as Chinese characters, which input methods make. */
  private static final Pattern FULL_WIDTH =
      Pattern.compile("[\\uFF10-\\uFF19\\uFF21-\\uFF3A\\uFF41-\\uFF5A]");

  private SpreadsheetValue() {}

  /**
   * Returns the value that is meant: {@code ="0012"} is 0012.
   *
   * @throws TypeConversionException if it is none
   */
  static String read(String field) {
    String text = field.strip();
    if (text.startsWith("#") && (ERRORS.contains(text) || HASHES.matcher(text).matches())) {
      throw new TypeConversionException("'" + text + "' is a spreadsheet error");
    }
    if (!text.startsWith("=")) {
      return field;
    }
    Matcher formula = TEXT_FORMULA.matcher(text);
    if (formula.matches()) {
      return formula.group(1).replace("\"\"", "\"");
    }
    if (BROKEN_FORMULA.matcher(text).matches() || FORMULA.matcher(text).matches()) {
      throw new TypeConversionException("is a spreadsheet formula (expected: its value)");
    }
    return field;
  }

  /**
   * Whether it looks like an id that was taken for a number and shown as one, that was kept from it
   * by a formula or an apostrophe, or that was typed in full width.
   */
  static boolean isReformatted(String value) {
    return !value.isEmpty()
        && (value.charAt(0) == '\''
            || value.charAt(0) == '='
            || SCIENTIFIC.matcher(value).matches()
            || THOUSANDS.matcher(value).matches()
            || FULL_WIDTH.matcher(value).find());
  }
}
