package io.pgtopo.exporter.text;

import io.pgtopo.config.model.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Rows of text, column under column. */
public final class TextTable {
  private static final String GAP = "  ";

  /** A last column that would be narrower is not wrapped. */
  private static final int NARROWEST = 20;

  private final List<List<String>> rows = new ArrayList<>();

  /** Adds a row; all rows have as many cells. */
  public TextTable row(String... cells) {
    rows.add(Stream.of(cells).map(Printable::of).toList());
    return this;
  }

  /** The rows, with the last column broken into lines that end before so many columns. */
  public String wrapped(String indent, int width) {
    var text = new StringBuilder();
    for (var row : rows) {
      var line = new StringBuilder(indent);
      for (var i = 0; i < row.size() - 1; i++) {
        var cell = row.get(i);
        line.append(cell).append(" ".repeat(width(i) - cell.length())).append(GAP);
      }
      var start = line.toString();
      var room = width - start.length();
      var last = row.getLast();
      for (var part : room < NARROWEST ? List.of(last) : Wrap.lines(last, room)) {
        text.append((start + part).stripTrailing()).append('\n');
        start = " ".repeat(start.length());
      }
    }
    return text.toString();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
