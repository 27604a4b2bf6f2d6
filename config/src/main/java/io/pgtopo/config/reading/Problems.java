package io.pgtopo.config.reading;

import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problem.Severity;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects what a load finds wrong. A problem that many hosts inherit from one line is one problem.
 */
public final class Problems {
  private final Set<Problem> found = new LinkedHashSet<>();
  private final Map<String, Integer> fileOrder = new LinkedHashMap<>();

  public void error(Code code, Place place, String message) {
    add(code, Severity.ERROR, place, message);
  }

  public void warn(Code code, Place place, String message) {
    add(code, Severity.WARNING, place, message);
  }

  private void add(Code code, Severity severity, Place place, String message) {
    fileOrder.putIfAbsent(place.file(), fileOrder.size());
    found.add(new Problem(code, severity, place.file(), place.path(), place.line(), message));
  }

  public boolean hasErrors() {
    return found.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
  }

  /** In order of files, as they came, and of lines. */
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
