package io.pgtopo.exporter.text;

import io.pgtopo.config.model.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Breaks text between words. */
public final class Wrap {
  private Wrap() {}

  /** Lines of at most so many columns; a longer word stays whole. */
  public static List<String> lines(String text, int width) {
    var lines = new ArrayList<String>();
    var line = new StringBuilder();
    for (var word : Printable.lines(text).strip().split("\\s+", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** The same after a first text, below which the other lines begin. */
  public static List<String> hanging(String first, String text, int width) {
    var lines = lines(text, width - first.length());
    var next = lines.stream().skip(1).map(" ".repeat(first.length())::concat);
    return Stream.concat(Stream.of(first + lines.getFirst()), next).toList();
  }
}
