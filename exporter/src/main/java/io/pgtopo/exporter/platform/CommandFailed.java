package io.pgtopo.exporter.platform;

/** The reason why a command failed, as a sentence for its user. */
public final class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CommandFailed(String sentence) {
    super(sentence);
  }

  public CommandFailed(String sentence, Exception cause) {
    super(sentence, cause);
  }
}
