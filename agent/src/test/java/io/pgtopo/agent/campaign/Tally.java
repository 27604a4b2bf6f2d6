package io.pgtopo.agent.campaign;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What comes of one cluster. */
final class Tally {
  private final Map<Fact, Count> counts = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();

  Count of(Fact fact) {
    return counts.computeIfAbsent(fact, it -> new Count());
  }

  void add(Finding finding) {
    findings.add(finding);
  }

  Map<Fact, Count> counts() {
    return counts;
  }

  List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** What was wrong, and after which step. */
  record Finding(
      String what, Fact fact, String cluster, int step, String after, Instant at, String text) {
    static Finding of(Chronicle chronicle, String what, Fact fact, Instant at, String text) {
      var step = chronicle.before(at);
      return new Finding(
          what,
          fact,
          chronicle.cluster(),
          step.map(Chronicle.Step::number).orElse(0),
          step.map(Chronicle.Step::text).orElse("before the beginning"),
          at,
          text);
    }

    @Override
    public String toString() {
      return "%s %s, step %d (%s) at %s: %s".formatted(what, fact, step, after, at, text);
    }
  }

  /** Of one fact: cycles in which it was told, and how long that took. */
  static final class Count {
    int right;
    int open;
    int wrong;
    int found;
    int missed;
    int unknown;
    int gaps;
    final List<Long> delays = new ArrayList<>();
    final List<Long> lates = new ArrayList<>();
    private long lastLate;

    void right() {
      endLate();
      right++;
    }

    /** Told while it is not decided whether it is true. */
    void open() {
      endLate();
      open++;
    }

    void late(Duration late) {
      lastLate = late.toMillis();
    }

    private void endLate() {
      if (lastLate > 0) {
        lates.add(lastLate);
        lastLate = 0;
      }
    }

    /** The delays until it was gone. */
    List<Long> lates() {
      endLate();
      return lates;
    }

    void wrong() {
      wrong++;
    }

    void found(Duration delay) {
      found++;
      delays.add(delay.toMillis());
    }

    void missed() {
      missed++;
    }

    void unknown() {
      unknown++;
    }

    void gap() {
      gaps++;
    }
  }
}
