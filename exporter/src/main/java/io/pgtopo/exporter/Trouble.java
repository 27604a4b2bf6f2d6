package io.pgtopo.exporter;

/** What keeps a command from doing what it was asked for, in a sentence that its user reads. */
final class Trouble extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Trouble(String sentence) {
    super(sentence);
  }

  Trouble(String sentence, Exception cause) {
    super(sentence, cause);
  }
}
