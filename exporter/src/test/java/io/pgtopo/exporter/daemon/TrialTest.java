package io.pgtopo.exporter.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrialTest {
  private final List<Snapshot> shown = new ArrayList<>();
  private final AtomicLong failedAnswers = new AtomicLong();
  private boolean fails;

  private final Trial trial =
      new Trial(
          failedAnswers::get,
          snapshot -> {
            shown.add(snapshot);
            if (fails) {
              throw new IllegalStateException("a bug");
            }
          });

  /** Cycles of one story, each of which has its own time. */
  private static List<Snapshot> healthy(int cycles) {
    return IntStream.rangeClosed(1, cycles)
        .mapToObj(it -> World.lasting(Stories.healthy(), it))
        .toList();
  }

  @Test
  void snapshots_that_differ_in_numbers_only_are_shown_from_time_to_time() {
    var cycles = healthy(14);

    cycles.forEach(trial);

    assertThat(shown).containsExactly(cycles.get(0), cycles.get(13));
  }

  @Test
  void a_snapshot_with_another_drift_or_role_is_shown_at_once() {
    var before = healthy(2);
    var after = World.lasting(Stories.splitBrain(), 3);

    before.forEach(trial);
    trial.accept(after);

    assertThat(shown).containsExactly(before.getFirst(), after);
  }

  @Test
  void after_a_failure_each_snapshot_is_shown_until_one_can_be() {
    var cycles = healthy(4);
    fails = true;
    assertThatThrownBy(() -> trial.accept(cycles.get(0))).hasMessage("a bug");
    fails = false;

    // The walls repeat the step with a part of the same cycle.
    trial.accept(cycles.get(0));
    cycles.subList(1, 4).forEach(trial);

    assertThat(shown).containsExactly(cycles.get(0), cycles.get(0), cycles.get(1));
  }

  @Test
  void an_answer_that_failed_has_the_next_snapshot_shown() {
    var cycles = healthy(3);
    trial.accept(cycles.get(0));
    failedAnswers.incrementAndGet();

    cycles.subList(1, 3).forEach(trial);

    assertThat(shown).containsExactly(cycles.get(0), cycles.get(1));
  }
}
