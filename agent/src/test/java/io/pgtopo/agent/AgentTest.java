package io.pgtopo.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Policy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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

  private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));

  private static Observation truth(Endpoint endpoint) {
    return Objects.requireNonNull(TRUTH.get(endpoint));
  }

  private Agent agent(Probe probe, Duration deadline) {
    return agent(probe, deadline, clock);
  }

  private static Agent agent(Probe probe, Duration deadline, InstantSource clock) {
    return new Agent(
        WORLD.inventory(),
        Policy.NONE,
        probe,
        deadline,
        new Hysteresis(Duration.ZERO),
        clock,
        new Agent.Horizon(Crawl.OFF, host -> List.of()));
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
  void a_probe_that_hangs_is_a_time_out_and_delays_no_other() throws Exception {
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
              Map.entry(FIRST, Failure.of(Failure.Kind.TIMEOUT, "no answer within 500 ms")));
      assertThat(snapshot.topology().instances()).hasSize(TRUTH.size() - 1);
      wasInterrupted.await();
    }
  }

  @Test
  void a_probe_that_breaks_its_promise_and_throws_harms_no_other() throws Exception {
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
                  FIRST, Failure.of(Failure.Kind.OTHER, "java.lang.IllegalStateException: a bug")));
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

  @Test
  void a_clock_that_is_set_back_during_a_cycle_does_no_harm() throws Exception {
    var ticks = new AtomicLong(1_000_000);
    InstantSource backwards = () -> Instant.ofEpochSecond(ticks.getAndAdd(-100));
    try (var agent = agent(AgentTest::truth, Duration.ofSeconds(10), backwards)) {
      assertThat(agent.cycle().window().length()).isZero();
    }
  }
}
