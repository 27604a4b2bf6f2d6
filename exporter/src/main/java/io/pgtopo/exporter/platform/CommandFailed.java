package io.pgtopo.exporter.platform;

/** What keeps a command from doing what it was asked for, in a sentence that its user reads. */
public final class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CommandFailed(String sentence) {
    super(sentence);
  }

  public CommandFailed(String sentence, Exception cause) {
    super(sentence, cause);
  }
}
