package io.pgtopo.config.reading;

import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problem.Level;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Collects the problems of a load. A problem that many hosts inherit from one line is one problem.
 */
public final class Problems {
  private final Set<Problem> found = new LinkedHashSet<>();
  private boolean isSound = true;
  private final SortedSet<String> lost = new TreeSet<>();
  private @Nullable String cluster;
  private int errors;
  private final Map<String, Integer> fileOrder = new LinkedHashMap<>();

  public void error(Code code, Place place, String wanted, String found) {
    errors++;
    if (cluster == null) {
      isSound = false;
    } else {
      lost.add(cluster);
    }
    add(code, Level.ERROR, place, wanted, found);
  }

  /** Reads a part of one cluster: an error in it costs this cluster, and no other one. */
  public void within(String name, Runnable part) {
    var outer = cluster;
    cluster = name;
    try {
      part.run();
    } finally {
      cluster = outer;
    }
  }

  /** How many errors that cost something were reported so far. */
  public int errors() {
    return errors;
  }

  /** Counts a cluster among those that errors cost. */
  public void lose(String name) {
    lost.add(name);
  }

  /** Whether an error costs a cluster. */
  public boolean isLost(String name) {
    return lost.contains(name);
  }

  /** The clusters that cannot be watched because of errors in them, and hosts without a cluster. */
  public SortedSet<String> lost() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(lost));
  }

  /** Adds the error of something that cannot work, but whose identity is known: it is loaded. */
  public void fault(Code code, Place place, String wanted, String found) {
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

  /** Whether everything but lost clusters can be loaded so far. */
  public boolean isSound() {
    return isSound;
  }

  /** Throws unless what is no part of a cluster can be loaded. */
  public void failOnErrors() {
    failUnless(isSound);
  }

  /** Throws unless everything can be loaded. */
  public void failOnAnyError() {
    failUnless(isSound && lost.isEmpty());
  }

  private void failUnless(boolean isLoaded) {
    if (!isLoaded) {
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
