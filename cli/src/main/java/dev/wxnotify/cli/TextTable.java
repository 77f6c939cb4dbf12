package dev.wxnotify.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A table in plain text whose columns are as wide as what is in them. */
final class TextTable {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  TextTable(List<String> headings) {
    rows.add(headings);
  }

  /** Adds a row with a cell for each heading. */
  void add(List<String> cells) {
    rows.add(cells.stream().map(TextTable::printable).toList());
  }

  void print(PrintWriter out, String indent) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder(indent);
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - width(row.get(i)))).append(GAP);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  /** A line break in a cell would break the table. */
  private static String printable(String cell) {
    return cell.replaceAll("\\p{Cntrl}+", " ");
  }

  /** Chinese characters take two columns of a terminal. */
  private static int width(String text) {
    return text.codePoints().map(c -> isWide(c) ? 2 : 1).sum();
  }

  private static boolean isWide(int codePoint) {
    return Character.isIdeographic(codePoint)
        || (codePoint >= 0x1100 && codePoint <= 0x115F) // Hangul Jamo
        || (codePoint >= 0x2E80 && codePoint <= 0xA4CF) // CJK signs, kana
        || (codePoint >= 0xAC00 && codePoint <= 0xD7A3) // Hangul
        || (codePoint >= 0xFE30 && codePoint <= 0xFE4F) // CJK forms
        || (codePoint >= 0xFF00 && codePoint <= 0xFF60) // full-width
        || (codePoint >= 0xFFE0 && codePoint <= 0xFFE6)
        || (codePoint >= 0x1F300 && codePoint <= 0x1FAFF); // emoji
  }
}
