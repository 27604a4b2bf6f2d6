package io.pgtopo.agent;

import static io.pgtopo.agent.Worlds.inEveryWorld;
import static io.pgtopo.agent.Worlds.infer;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Judgement;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.track.CycleContext;
import io.pgtopo.agent.track.DriftTracker;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Claims about verdicts that hold in every world. */
class VerdictInvariantTest {
  private static Judgement judge(RandomWorld world, List<Observation> observations) {
    var topology = infer(world, observations);
    var now = Instant.parse("2026-01-01T00:00:00Z");
    var open =
        DriftTracker.starting(new Hysteresis(Duration.ZERO))
            .next(
                Comparison.compare(world.inventory(), topology).drifts(),
                CycleContext.of(world.inventory(), topology, OtherSources.NONE, Set.of()),
                now,
                now)
            .open();
    return Judgement.of(Policy.NONE, world.inventory(), topology, open, now);
  }

  @Test
  void to_see_less_makes_nothing_agree_and_no_cluster_healthy() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.troubled(seed);
          var less = new ArrayList<>(world.observations());
          less.remove(new Random(seed).nextInt(less.size()));

          var before = judge(world, world.observations()).verdicts();
          var after = judge(world, less).verdicts();

          for (var i = 0; i < before.size(); i++) {
            assertThat(rank(after.get(i).health()))
                .as("%s, before %s", after.get(i), before.get(i))
                .isLessThanOrEqualTo(rank(before.get(i).health()));
            assertThat(after.get(i).sync() == Verdict.Sync.IN_SYNC)
                .as("%s, before %s", after.get(i), before.get(i))
                .isIn(false, before.get(i).sync() == Verdict.Sync.IN_SYNC);
          }
        });
  }

  /** Those that are not well are distinguished by what is seen, so seeing less may blur them. */
  private static int rank(Verdict.Health health) {
    return switch (health) {
      case HEALTHY -> 2;
      case PROGRESSING -> 1;
      case DEGRADED, MISSING, UNKNOWN, SUSPENDED -> 0;
    };
  }

  @Test
  void what_is_unknown_is_never_fine() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.troubled(seed);
          var judgement = judge(world, world.observations());

          for (var verdict : judgement.verdicts()) {
            var open =
                judgement.drifts().stream()
                    .filter(it -> it.drift().subject().cluster().equals(verdict.cluster()))
                    .toList();
            assertThat(verdict.sync() == Verdict.Sync.IN_SYNC).isEqualTo(open.isEmpty());
            if (open.stream().anyMatch(it -> it.drift().kind() == DriftKind.INSTANCE_UNREACHABLE)) {
              assertThat(verdict.health()).isNotEqualTo(Verdict.Health.HEALTHY);
            }
          }
        });
  }

  @Test
  void a_cause_is_open_itself_and_never_leads_back() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.troubled(seed);
          var drifts = judge(world, world.observations()).byKey();

          for (var drift : drifts.values()) {
            var path = new ArrayList<Drift.Key>();
            var at = Optional.of(drift.key());
            while (at.isPresent()) {
              assertThat(drifts).containsKey(at.get());
              assertThat(path).doesNotContain(at.get());
              path.add(at.get());
              at = Optional.ofNullable(drifts.get(at.get())).flatMap(JudgedDrift::cause);
            }
          }
        });
  }
}
