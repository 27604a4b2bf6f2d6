package io.pgtopo.exporter;

/**
 * How text for people is drawn.
 *
 * @param width columns that lines are wrapped at
 */
record Style(Glyphs glyphs, Colours colours, int width) {
  /** Columns of a terminal of which nothing is known. */
  static final int WIDTH = 80;

  /** For files, pipes and tests. */
  static final Style PLAIN = new Style(Glyphs.UNICODE, Colours.OFF);

  Style(Glyphs glyphs, Colours colours) {
    this(glyphs, colours, WIDTH);
  }

  Style withWidth(int columns) {
    return new Style(glyphs, colours, columns);
  }

  /** Which characters the output can show. */
  enum Glyphs {
    UNICODE("├─ ", "└─ ", "│  ", "✗ ", "? ", "≥"),
    ASCII("|- ", "`- ", "|  ", "x ", "? ", ">=");

    private final String branch;
    private final String lastBranch;
    private final String trunk;
    private final String wrong;
    private final String unknown;
    private final String atLeast;

    Glyphs(
        String branch,
        String lastBranch,
        String trunk,
        String wrong,
        String unknown,
        String atLeast) {
      this.branch = branch;
      this.lastBranch = lastBranch;
      this.trunk = trunk;
      this.wrong = wrong;
      this.unknown = unknown;
      this.atLeast = atLeast;
    }

    String branch() {
      return branch;
    }

    String lastBranch() {
      return lastBranch;
    }

    String trunk() {
      return trunk;
    }

    String wrong() {
      return wrong;
    }

    String unknown() {
      return unknown;
    }

    String atLeast() {
      return atLeast;
    }
  }

  /** Whether the output understands escape sequences. */
  enum Colours {
    ON,
    OFF
  }

  /** What a piece of text means, and the colour of that. */
  enum Tone {
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

  String paint(Tone tone, String text) {
    return colours == Colours.OFF || tone == Tone.PLAIN || text.isEmpty()
        ? text
        : "\u001b[" + tone.code + "m" + text + "\u001b[0m";
  }
}
