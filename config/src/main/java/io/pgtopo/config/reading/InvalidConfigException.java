package io.pgtopo.config.reading;

import java.util.List;

/** The user's mistakes in inventories or settings, all of them at once. */
public final class InvalidConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public InvalidConfigException(List<Problem> problems) {
    super(String.join("\n", problems.stream().map(Problem::toString).toList()));
    this.problems = List.copyOf(problems);
  }

  /** In the order of the files and of their lines. */
  public List<Problem> problems() {
    return problems;
  }
}
