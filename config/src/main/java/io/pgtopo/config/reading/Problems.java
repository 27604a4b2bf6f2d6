package io.pgtopo.config.reading;

import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problem.Level;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Collects the problems of a load. A problem that many hosts inherit from one line is one problem.
 */
public final class Problems {
  private final Set<Problem> found = new LinkedHashSet<>();
  private final Map<String, Integer> fileOrder = new LinkedHashMap<>();

  public void error(Code code, Place place, String wanted, String found) {
    add(code, Level.ERROR, place, wanted, found);
  }

  /**
   * Adds a warning.
   *
   * @param found ends with the consequence
   */
  public void warn(Code code, Place place, String wanted, String found) {
    add(code, Level.WARNING, place, wanted, found);
  }

  /** Adds the error that a value is not the wanted one. Always empty: the value of a reader. */
  public <T> Optional<T> refuse(Code code, Located value, String wanted) {
    error(code, value.place(), wanted, value.value().description());
    return Optional.empty();
  }

  /** The same without the text of the value, which may be a secret. */
  public <T> Optional<T> refuseKind(Code code, Located value, String wanted) {
    error(code, value.place(), wanted, value.value().kind());
    return Optional.empty();
  }

  private void add(Code code, Level level, Place place, String wanted, String what) {
    fileOrder.putIfAbsent(place.file(), fileOrder.size());
    found.add(
        new Problem(
            code, level, place.file(), place.path(), place.line(), Problem.sentence(wanted, what)));
  }

  /** Throws if there is an error. */
  public void failOnErrors() {
    if (found.stream().anyMatch(problem -> problem.level() == Level.ERROR)) {
      throw new InvalidConfigException(sorted());
    }
  }

  /** In the order of the files, as they were read, and of their lines. */
  public List<Problem> sorted() {
    return found.stream()
        .sorted(
            Comparator.<Problem>comparingInt(problem -> fileOrder.getOrDefault(problem.file(), 0))
                .thenComparingInt(Problem::line)
                .thenComparing(Problem::path)
                .thenComparing(Problem::code))
        .toList();
  }
}
