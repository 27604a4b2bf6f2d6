package io.pgtopo.agent.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.campaign.Chronicle.Moment;
import io.pgtopo.agent.campaign.Chronicle.Shown;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.judge.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who judges the judge: what is true and what is shown, second by second. */
class JudgeTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Fact DEAD = new Fact(DriftKind.INSTANCE_UNREACHABLE, "pg-test-2");
  private static final Fact SPLIT = new Fact(DriftKind.MULTIPLE_PRIMARIES, "pg-test");
  private static final Standpoint YES = new Standpoint.Yes("killed", Duration.ofSeconds(9));
  private static final Standpoint OPEN = new Standpoint.Open("starting");
  private static final int END = 60;

  private final Chronicle chronicle = new Chronicle("pg-test");

  @Test
  void what_is_told_in_time_and_ends_with_its_cause_is_no_finding() {
    play(DEAD, YES, 10, 30, 14, 32);

    var tally = Judge.judge(chronicle, true);

    assertThat(tally.findings()).isEmpty();
    assertThat(tally.of(DEAD).delays).containsExactly(4_100L);
    assertThat(tally.of(DEAD).right).isEqualTo(17);
  }

  @Test
  void what_is_told_and_not_true_is_false() {
    play(DEAD, YES, 0, 0, 14, 17);

    assertThat(findings()).containsExactly("FALSE instance_unreachable pg-test-2");
  }

  @Test
  void what_is_true_and_not_told_is_missing() {
    play(DEAD, YES, 10, 30, 0, 0);

    assertThat(findings()).containsExactly("MISSING instance_unreachable pg-test-2");
  }

  @Test
  void what_was_true_for_a_moment_need_not_be_told() {
    play(DEAD, YES, 10, 15, 0, 0);

    assertThat(findings()).isEmpty();
  }

  @Test
  void what_is_not_decided_may_be_told_and_need_not_be() {
    play(DEAD, OPEN, 10, 30, 14, 20);

    assertThat(findings()).isEmpty();
    assertThat(Judge.judge(chronicle, true).of(DEAD).open).isEqualTo(6);
  }

  @Test
  void what_is_not_told_to_its_end_is_dropped() {
    play(DEAD, YES, 10, 40, 14, 20);

    assertThat(findings()).containsExactly("DROPPED instance_unreachable pg-test-2");
  }

  @Test
  void what_is_told_long_after_its_end_stays() {
    play(DEAD, YES, 10, 20, 14, 50);

    assertThat(findings()).containsExactly("STAYS instance_unreachable pg-test-2");
  }

  @Test
  void what_is_told_too_late_is_late() {
    play(DEAD, YES, 10, 40, 25, 40);

    assertThat(findings()).containsExactly("LATE instance_unreachable pg-test-2");
  }

  @Test
  void what_is_critical_is_not_shown_for_one_poll_without_being_true() {
    for (var second = 0; second < END; second++) {
      moment(second, new TreeMap<>());
      shown(second, new TreeMap<>(), second == 20 ? sentence(SPLIT) : new TreeMap<>());
    }

    assertThat(findings()).containsExactly("FLICKER multiple_primaries pg-test");
  }

  /** One fact is true in some seconds, and told in others. */
  private void play(Fact fact, Standpoint truth, int from, int to, int told, int gone) {
    for (var second = 0; second < END; second++) {
      var facts = new TreeMap<Fact, Standpoint>();
      if (second >= from && second < to) {
        facts.put(fact, truth);
      }
      moment(second, facts);
      var isTold = second >= told && second < gone;
      shown(second, isTold ? sentence(fact) : new TreeMap<>(), new TreeMap<>());
    }
  }

  private void moment(int second, SortedMap<Fact, Standpoint> facts) {
    chronicle.add(
        new Moment(START.plusSeconds(second), facts, Set.of(), Set.of(), Map.of(), Map.of()));
  }

  private void shown(int second, SortedMap<Fact, String> told, SortedMap<Fact, String> pending) {
    var at = START.plusSeconds(second);
    chronicle.add(
        new Shown(
            at,
            at.plusMillis(100),
            told,
            Set.of(),
            pending,
            new TreeMap<>(),
            Map.of(),
            Map.of(),
            Map.of(),
            Verdict.Health.UNKNOWN,
            Set.of(),
            List.of()));
  }

  private static SortedMap<Fact, String> sentence(Fact fact) {
    return new TreeMap<>(Map.of(fact, "it is so"));
  }

  private List<String> findings() {
    return Judge.judge(chronicle, true).findings().stream()
        .map(it -> it.what() + " " + it.fact())
        .toList();
  }
}
