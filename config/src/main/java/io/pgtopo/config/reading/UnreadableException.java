package io.pgtopo.config.reading;

/** A text that is no YAML, or more than is sensible to read. */
public final class UnreadableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final String sentence;

  UnreadableException(int line, String message) {
    super(message);
    this.line = line;
    this.sentence = message;
  }

  /** Counted from 1; 0 if it concerns the whole text. */
  public int line() {
    return line;
  }

  /** What is wanted and what was found. */
  public String sentence() {
    return sentence;
  }
}
