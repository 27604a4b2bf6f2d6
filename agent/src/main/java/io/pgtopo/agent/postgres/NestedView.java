package io.pgtopo.agent.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A view whose rows travel as a two-dimensional array of texts within one row of a statement, so
 * that one round trip needs neither several results nor a JSON parser.
 *
 * @param name of the array among the columns of the statement
 */
record NestedView(String name, List<Column> columns) {

  /**
   * A column.
   *
   * @param expressions of type text, by the first major version that has them; NULL before
   */
  record Column(String name, NavigableMap<Integer, String> expressions) {}

  static NestedView of(String name, Column... columns) {
    return new NestedView(name, List.of(columns));
  }

  static Column column(String name, String expression) {
    return column(name, Map.of(10, expression));
  }

  static Column column(String name, Map<Integer, String> expressions) {
    return new Column(name, new TreeMap<>(expressions));
  }

  /**
   * The bytes of a name, a path, or a setting, as {@link ObjectName#of} reads them. They have the
   * encoding of whoever wrote them, which is not that of the database that the agent is in: the
   * send functions would convert them. A cast does not.
   */
  static String bytes(String expression) {
    return "encode(replace((%s)::text, E'\\\\', E'\\\\\\\\')::bytea, 'escape')"
        .formatted(expression);
  }

  /** A moment, or an interval, in seconds. */
  static String epoch(String expression) {
    return "extract(epoch FROM " + expression + ")::text";
  }

  /** One row of the view as an array, to be aggregated by {@code array_agg}. */
  String array(int major) {
    return columns.stream()
        .map(column -> column.expressions.floorEntry(major))
        .map(entry -> entry == null ? "NULL" : entry.getValue())
        .collect(Collectors.joining(", ", "ARRAY[", "]"));
  }

  /** The rows in the current row of a result. */
  List<Row> rows(ResultSet result) throws SQLException {
    var text = result.getString(name);
    if (text == null) {
      return List.of();
    }
    AnswerLimit.checkValues(text);
    return Stream.of((@Nullable String[][]) result.getArray(name).getArray())
        .map(this::row)
        .toList();
  }

  private Row row(@Nullable String[] values) {
    var cells = new HashMap<String, String>();
    for (var at = 0; at < values.length; at++) {
      if (values[at] != null) {
        cells.put(columns.get(at).name, values[at]);
      }
    }
    return new Row(cells);
  }
}
