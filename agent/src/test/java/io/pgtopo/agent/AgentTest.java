package io.pgtopo.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AgentTest {
  private static final RandomWorld WORLD = RandomWorld.ofClusters(3, 3);
  private static final Map<Endpoint, Observation> TRUTH =
      WORLD.observations().stream()
          .collect(Collectors.toMap(Observation::endpoint, Function.identity()));
  private static final Endpoint FIRST =
      WORLD.inventory().instances().map(Instance::endpoint).sorted().findFirst().orElseThrow();

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final AgentClock clock = () -> START;

  private static Observation truth(Endpoint endpoint) {
    return Objects.requireNonNull(TRUTH.get(endpoint));
  }

  private Agent agent(Probe probe, Duration deadline) {
    return agent(probe, deadline, clock);
  }

  private static Agent agent(Probe probe, Duration deadline, AgentClock clock) {
    return new Agent(
        WORLD.inventory(),
        Policy.NONE,
        probe,
        deadline,
        new Hysteresis(Duration.ZERO),
        clock,
        new Agent.Horizon(Crawl.OFF, host -> List.of()),
        snapshot -> {});
  }

  @Test
  void publishes_nothing_before_the_first_cycle_and_the_same_snapshot_after() throws Exception {
    try (var agent = agent(AgentTest::truth, Duration.ofSeconds(10))) {
      assertThat(agent.latest()).isEmpty();

      var snapshot = agent.cycle();

      assertThat(agent.latest()).containsSame(snapshot);
      assertThat(snapshot.drifts()).isEmpty();
      assertThat(snapshot.observations()).hasSize(TRUTH.size());
    }
  }

  @Test
  void a_probe_that_does_not_end_is_the_agents_own_delay_and_delays_no_other() throws Exception {
    var never = new CountDownLatch(1);
    var wasInterrupted = new CountDownLatch(1);
    Probe probe =
        endpoint -> {
          if (endpoint.equals(FIRST)) {
            try {
              never.await();
            } catch (InterruptedException end) {
              wasInterrupted.countDown();
            }
          }
          return truth(endpoint);
        };
    try (var agent = agent(probe, Duration.ofMillis(500))) {
      var snapshot = agent.cycle();

      assertThat(snapshot.topology().unreachable())
          .containsExactly(
              Map.entry(
                  FIRST,
                  Failure.of(
                      Failure.Kind.AGENT_SLOW,
                      "this agent was too slow: its poll did not end within 500 ms")));
      assertThat(snapshot.topology().instances()).hasSize(TRUTH.size() - 1);
      wasInterrupted.await();
    }
  }

  @Test
  void a_probe_that_breaks_its_promise_and_throws_is_a_bug_and_harms_no_other() throws Exception {
    Probe probe =
        endpoint -> {
          if (endpoint.equals(FIRST)) {
            throw new IllegalStateException("a bug");
          }
          return truth(endpoint);
        };
    try (var agent = agent(probe, Duration.ofSeconds(10))) {
      var snapshot = agent.cycle();

      assertThat(snapshot.topology().unreachable())
          .containsExactly(
              Map.entry(
                  FIRST,
                  Failure.of(
                      Failure.Kind.AGENT_BUG,
                      "a bug of this agent: IllegalStateException; see its log")));
      assertThat(snapshot.topology().instances()).hasSize(TRUTH.size() - 1);
    }
  }

  @Test
  void an_answer_after_the_deadline_is_not_taken_for_the_next_cycle() throws Exception {
    var isSlow = new AtomicBoolean(true);
    var never = new CountDownLatch(1);
    Probe probe =
        endpoint -> {
          if (endpoint.equals(FIRST) && isSlow.getAndSet(false)) {
            try {
              never.await();
            } catch (InterruptedException end) {
              return truth(endpoint);
            }
          }
          return truth(endpoint);
        };
    try (var agent = agent(probe, Duration.ofMillis(500))) {
      assertThat(agent.cycle().topology().unreachable()).containsOnlyKeys(FIRST);
      assertThat(agent.cycle().topology().unreachable()).isEmpty();
    }
  }

  /** A clock on the wall that somebody sets, and one that nobody can. */
  private static final class SetClock implements AgentClock {
    private Instant wall = START;
    private Instant steady = START;

    SetClock pass(long seconds) {
      wall = wall.plusSeconds(seconds);
      steady = steady.plusSeconds(seconds);
      return this;
    }

    void jump(Duration by) {
      wall = wall.plus(by);
    }

    @Override
    public Instant instant() {
      return wall;
    }

    @Override
    public Instant steady() {
      return steady;
    }
  }

  @Test
  void a_clock_that_is_set_makes_no_drift_older_or_younger() throws Exception {
    var times = new SetClock();
    Probe probe =
        endpoint ->
            endpoint.equals(FIRST)
                ? new Observation.Unreachable(
                    FIRST,
                    truth(FIRST).window(),
                    Failure.of(Failure.Kind.REFUSED, "nothing listens"))
                : truth(endpoint);
    try (var agent =
        new Agent(
            WORLD.inventory(),
            Policy.NONE,
            probe,
            Duration.ofSeconds(10),
            new Hysteresis(Duration.ofSeconds(15)),
            times,
            new Agent.Horizon(Crawl.OFF, host -> List.of()),
            snapshot -> {})) {
      agent.cycle();
      times.pass(5).jump(Duration.ofHours(1));
      var ahead = agent.cycle();
      times.pass(5).jump(Duration.ofHours(-3));
      var behind = agent.cycle();
      times.pass(5);
      var old = agent.cycle();

      assertThat(ahead.drifts())
          .isNotEmpty()
          .allMatch(drift -> drift.state() == TrackedDrift.State.PENDING);
      assertThat(ahead.window().to()).isEqualTo(START.plusSeconds(3605));
      assertThat(behind.drifts()).allMatch(drift -> drift.state() == TrackedDrift.State.PENDING);
      assertThat(old.drifts()).anyMatch(drift -> drift.state() == TrackedDrift.State.FIRING);
    }
  }

  @Test
  void a_clock_that_is_set_back_during_a_cycle_does_no_harm() throws Exception {
    var ticks = new AtomicLong(1_000_000);
    AgentClock backwards = () -> Instant.ofEpochSecond(ticks.getAndAdd(-100));
    try (var agent = agent(AgentTest::truth, Duration.ofSeconds(10), backwards)) {
      assertThat(agent.cycle().window().length()).isZero();
    }
  }
}
