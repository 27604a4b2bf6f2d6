package io.pgtopo.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.judge.Judgement;
import io.pgtopo.config.model.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChangeLogTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void a_few_changes_have_a_line_each() {
    var changes = List.of(change(Change.Kind.RESTARTED, 1), change(Change.Kind.PROMOTED, 2));

    assertThat(logged(changes))
        .containsExactly(
            "kind=restarted cls=pg-1 ins=pg-1-1 restarted: text 1",
            "kind=promoted cls=pg-2 ins=pg-2-1 promoted: text 2");
  }

  @Test
  void of_very_many_of_one_sort_the_rest_is_one_line() {
    var changes = new ArrayList<Change>();
    IntStream.range(0, 10_000).forEach(i -> changes.add(change(Change.Kind.UNREACHABLE, i / 4)));
    changes.add(change(Change.Kind.PROMOTED, 1));

    var lines = logged(changes);

    assertThat(lines).hasSize(ChangeLog.MOST_LINES + 2);
    assertThat(lines.getFirst())
        .isEqualTo("kind=unreachable cls=pg-0 ins=pg-0-1 unreachable: text 0");
    assertThat(lines.subList(ChangeLog.MOST_LINES, lines.size()))
        .containsExactly(
            "kind=promoted cls=pg-1 ins=pg-1-1 promoted: text 1",
            "kind=unreachable unreachable: 9980 more in 2495 clusters");
  }

  private static Change change(Change.Kind kind, int cluster) {
    var name = "pg-" + cluster;
    return new Change(
        NOW,
        kind,
        Optional.of(
            new Subject(name, Optional.of(name + "-1"), Optional.empty(), Optional.empty())),
        Optional.empty(),
        "text " + cluster,
        Optional.empty());
  }

  private static List<String> logged(List<Change> changes) {
    var lines = new ArrayList<String>();
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line.getMessage());
          }

          @Override
          public void flush() {
            // Nothing is kept back.
          }

          @Override
          public void close() {
            // Nothing is open.
          }
        };
    var log = Logger.getLogger(ChangeLog.class.getName());
    var level = log.getLevel();
    log.setLevel(Level.INFO);
    log.addHandler(handler);
    try {
      ChangeLog.log(changes, new Judgement(Policy.NONE, List.of(), List.of()));
    } finally {
      log.removeHandler(handler);
      log.setLevel(level);
    }
    return lines;
  }
}
