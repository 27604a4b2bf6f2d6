package io.pgtopo.exporter.text;

import io.pgtopo.exporter.text.Style.Tone;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One server in a drawn tree.
 *
 * @param name as it is drawn
 * @param told of whom what is open is told below it; empty where another row tells it
 * @param hang what stands before that, so that the tree goes on beside it
 */
public record TreeRow(
    String name,
    Optional<String> told,
    Placing placing,
    Map<TreeRow.Column, TreeRow.Cell> cells,
    String hang) {
  /** Columns of a terminal from which on more is told than is needed. */
  private static final int ROOMY = 100;

  /** Columns between two cells. */
  static final int GAP = 2;

  /** What is told of a server; the first to go where there is little room has the highest rank. */
  public enum Column {
    NAME(0),
    ADDRESS(3),
    ROLE(0),
    TIMELINE(0),
    LAG(1),
    PROOF(2),
    LSN(4),
    VERSION(5);

    private final int rank;

    Column(int rank) {
      this.rank = rank;
    }
  }

  /** A piece of text without colour, and what it means. */
  public record Cell(String text, Tone tone) {
    static final Cell NONE = new Cell("", Tone.PLAIN);
  }

  /** Where a row stands in the forest. */
  public enum Placing {
    TOP,
    BELOW,
    REPEATED,
    FIRST_APART,
    APART
  }

  /** What stands in a column. */
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
