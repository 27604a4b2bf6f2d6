package io.pgtopo.exporter.text;

import io.pgtopo.config.model.Printable;
import io.pgtopo.exporter.text.Style.Tone;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One server in a drawn tree.
 *
 * @param showsDrifts whether its drifts stand below it, and not below another row
 * @param hang what stands before those, so that the tree goes on beside them
 */
record TreeRow(
    String name,
    boolean showsDrifts,
    Placing placing,
    Map<TreeRow.Column, TreeRow.Cell> cells,
    String hang) {
  /** Columns of a terminal from which on there is room for details. */
  private static final int ROOMY = 100;

  /** Columns between two cells. */
  static final int GAP = 2;

  /** Facts about a server; the one with the highest rank is left out first in a narrow terminal. */
  enum Column {
    NAME(0),
    ADDRESS(3),
    ROLE(0),
    TIMELINE(0),
    LAG(1),
    ENDS(2),
    SYNC(2),
    SLOT(4),
    LSN(5),
    REPLY(6),
    SERVICES(7),
    VERSION(8);

    private final int rank;

    Column(int rank) {
      this.rank = rank;
    }
  }

  /** A piece of text without colour, and what it means. */
  record Cell(String text, Tone tone) {
    static final Cell NONE = new Cell("", Tone.PLAIN);

    Cell {
      text = Printable.of(text);
    }
  }

  /** Where a row stands in the forest. */
  enum Placing {
    TOP,
    BELOW,
    REPEATED,
    FIRST_APART,
    APART
  }

  Cell cell(Column column) {
    return cells.getOrDefault(column, Cell.NONE);
  }

  boolean startsApart() {
    return placing == Placing.FIRST_APART;
  }

  /** The columns that are shown, so that the rows fit, and how wide each is. */
  static SortedMap<Column, Integer> widths(List<TreeRow> rows, int room) {
    var widths = new TreeMap<Column, Integer>();
    for (var column : Column.values()) {
      var width = rows.stream().mapToInt(row -> row.cell(column).text().length()).max().orElse(0);
      if (width > 0 && (room >= ROOMY || column.rank <= Column.ADDRESS.rank)) {
        widths.put(column, width);
      }
    }
    for (var rank = Column.VERSION.rank; rank > 0 && total(widths) > room; rank--) {
      var highest = rank;
      widths.keySet().removeIf(column -> column.rank == highest);
    }
    return widths;
  }

  private static int total(Map<Column, Integer> widths) {
    return widths.values().stream().mapToInt(width -> width + GAP).sum() - GAP;
  }
}
