package dev.wxnotify.server.jdbc;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rows that a statement reads as a table named {@code input}: one statement for a batch of any
 * size.
 *
 * @param columns the columns, in the order in which the statement lists them
 */
record Input(List<Column> columns) {

  /** How a column is kept. */
  enum Type {
    TEXT,
    BIGINT,
    BOOLEAN
  }

  /** A column: one value for each row, all of them Strings, Longs or Booleans. */
  static final class Column {
    private final String name;
    private final Type type;
    private final @Nullable Object[] values;

    private Column(String name, Type type, @Nullable Object[] values) {
      this.name = name;
      this.type = type;
      this.values = values;
    }

    String name() {
      return name;
    }

    Type type() {
      return type;
    }

    /** Returns the values, not a copy. */
    @Nullable Object[] values() {
      return values;
    }
  }

  static Input of(Column... columns) {
    return new Input(List.of(columns));
  }

  /** A column of texts. NUL, which PostgreSQL refuses, is replaced. */
  static <T> Column text(String name, List<T> rows, Function<T, @Nullable String> value) {
    @Nullable String[] values = new String[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = withoutNul(value.apply(rows.get(i)));
    }
    return new Column(name, Type.TEXT, values);
  }

  /** A column of whole numbers. */
  static <T> Column number(String name, List<T> rows, Function<T, @Nullable Long> value) {
    @Nullable Long[] values = new Long[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.apply(rows.get(i));
    }
    return new Column(name, Type.BIGINT, values);
  }

  /** A column of truths. */
  static <T> Column truth(String name, List<T> rows, Function<T, @Nullable Boolean> value) {
    @Nullable Boolean[] values = new Boolean[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.apply(rows.get(i));
    }
    return new Column(name, Type.BOOLEAN, values);
  }

  private static @Nullable String withoutNul(@Nullable String text) {
    return text == null || text.indexOf('\0') < 0 ? text : text.replace('\0', '\uFFFD');
  }

  /** Never contains what is in the rows. */
  @Override
  public String toString() {
    return "Input" + Arrays.toString(columns.stream().map(Column::name).toArray());
  }
}
