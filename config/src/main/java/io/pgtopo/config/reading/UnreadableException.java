package io.pgtopo.config.reading;

/** A text that is not YAML, or exceeds the limits of what is read. */
public final class UnreadableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final String wanted;
  private final String found;

  UnreadableException(int line, String wanted, String found) {
    super(Problem.sentence(wanted, found));
    this.line = line;
    this.wanted = wanted;
    this.found = found;
  }

  /** Counted from 1; 0 if it concerns the whole text. */
  public int line() {
    return line;
  }

  String wanted() {
    return wanted;
  }

  String found() {
    return found;
  }
}
