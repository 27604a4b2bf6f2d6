package io.pgtopo.exporter.text;

import io.pgtopo.config.model.Printable;

/**
 * How text for people is drawn.
 *
 * @param width columns that lines are wrapped at
 */
public record Style(Glyphs glyphs, Colours colours, int width) {
  /** Columns of a terminal of which nothing is known. */
  public static final int WIDTH = 80;

  /** For files, pipes and tests. */
  public static final Style PLAIN = new Style(Glyphs.UNICODE, Colours.OFF);

  Style(Glyphs glyphs, Colours colours) {
    this(glyphs, colours, WIDTH);
  }

  public Style withWidth(int columns) {
    return new Style(glyphs, colours, columns);
  }

  /** The characters of trees and marks, which the output must be able to show. */
  public record Glyphs(
      String branch,
      String lastBranch,
      String trunk,
      String wrong,
      String unknown,
      String atLeast) {
    public static final Glyphs UNICODE = new Glyphs("├─ ", "└─ ", "│  ", "✗ ", "? ", "≥");
    public static final Glyphs ASCII = new Glyphs("|- ", "`- ", "|  ", "x ", "? ", ">=");
  }

  /** Whether the output understands escape sequences. */
  public enum Colours {
    ON,
    OFF
  }

  /** What a piece of text means, and the colour of that. */
  public enum Tone {
    PLAIN(""),
    HEADING("1"),
    FAINT("2"),
    WRONG("31"),
    RIGHT("32"),
    UNKNOWN("33");

    private final String code;

    Tone(String code) {
      this.code = code;
    }
  }

  /** Text within one line in the colour of its meaning. */
  public String paint(Tone tone, String text) {
    var shown = Printable.of(text);
    return colours == Colours.OFF || tone == Tone.PLAIN || text.isEmpty()
        ? shown
        : "\u001b[" + tone.code + "m" + shown + "\u001b[0m";
  }
}
