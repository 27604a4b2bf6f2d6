package io.pgtopo.agent;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Judgement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The changes of a cycle in the log: a line each. If there are very many of one sort, the rest of
 * them is one line.
 */
final class ChangeLog {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeLog.class);

  /** Of one sort in one cycle. */
  static final int MOST_LINES = 20;

  private ChangeLog() {}

  /** What changes have in common if only their subjects and their evidence differ. */
  private record Sort(
      Change.Kind kind, Optional<DriftKind> drift, Optional<Severity> severity, Level level) {

    /** What is ignored or suspended is no warning, nor is what is of severity info. */
    static Sort of(Change change, Optional<JudgedDrift> judged) {
      var counts = judged.filter(it -> it.counts() && it.severity() != Severity.INFO);
      return new Sort(
          change.kind(),
          change.drift().map(key -> key.about().orElse(key.kind())),
          judged.map(JudgedDrift::severity),
          change.isAlarming() && counts.isPresent() ? Level.WARN : Level.INFO);
    }

    String prefix() {
      return severity.map(it -> it.label() + " ").orElse("");
    }

    /** With what a change is about, for logs that are read by programs. */
    LoggingEventBuilder line(Optional<Subject> subject) {
      var line = LOG.atLevel(level).addKeyValue("kind", kind.label());
      if (subject.isPresent()) {
        line = line.addKeyValue("cls", subject.get().cluster());
      }
      var instance = subject.flatMap(Subject::instance);
      if (instance.isPresent()) {
        line = line.addKeyValue("ins", instance.get());
      }
      if (drift.isPresent()) {
        line = line.addKeyValue("drift", drift.get().label());
      }
      return severity.isPresent() ? line.addKeyValue("severity", severity.get().label()) : line;
    }
  }

  /** Logs what a cycle has brought, in its order. */
  static void log(List<Change> changes, Judgement judgement) {
    if (changes.isEmpty()) {
      return;
    }
    var judged = judgement.byKey();
    var rest = new LinkedHashMap<Sort, List<Change>>();
    var lines = new LinkedHashMap<Sort, Integer>();
    for (var change : changes) {
      var sort = Sort.of(change, change.drift().map(judged::get));
      if (lines.merge(sort, 1, Integer::sum) <= MOST_LINES) {
        sort.line(change.subject()).log("{}{}", sort.prefix(), change);
      } else {
        rest.computeIfAbsent(sort, unused -> new ArrayList<>()).add(change);
      }
    }
    rest.forEach(ChangeLog::logRest);
  }

  private static void logRest(Sort sort, List<Change> rest) {
    var clusters =
        rest.stream().flatMap(it -> it.subject().stream()).map(Subject::cluster).distinct().count();
    sort.line(Optional.empty())
        .log(
            "{}{}: {} more{} in {} clusters",
            sort.prefix(),
            sort.kind().label().replace('_', ' '),
            rest.size(),
            sort.drift().map(drift -> " of " + drift.label()).orElse(""),
            clusters);
  }
}
