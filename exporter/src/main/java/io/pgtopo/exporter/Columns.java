package io.pgtopo.exporter;

import java.util.ArrayList;
import java.util.List;

/** Rows of text, column under column. */
final class Columns {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** Adds a row; all rows have as many cells. */
  Columns row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  /** The rows, each after the indent and with a line feed. */
  String text(String indent) {
    var text = new StringBuilder();
    for (var row : rows) {
      var line = new StringBuilder(indent);
      for (var i = 0; i < row.size(); i++) {
        var cell = row.get(i);
        line.append(cell).append(" ".repeat(width(i) - cell.length())).append(GAP);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
