package io.pgtopo.agent;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * What a whole cycle costs without its polls, of a healthy and of a sick fleet: 250 clusters are
 * about 1,000 instances.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class FleetBenchmark {
  private static final Logger LOG = Logger.getLogger("io.pgtopo");

  /** What is wrong with the fleet. */
  public enum Condition {
    HEALTHY,
    /** No server answers. */
    DOWN,
    /** Half of the servers do not answer. */
    DRIFTING,
    /** All servers answer in every other cycle only. */
    FLAPPING
  }

  @Param({"250", "2500"})
  private int clusters;

  @Param private Condition condition = Condition.HEALTHY;

  private Map<Endpoint, Observation> truth = Map.of();
  private Agent agent = agent(RandomWorld.ofClusters(1, 42));
  private int cycles;

  private Agent agent(RandomWorld world) {
    return new Agent(
        world.inventory(),
        Policy.NONE,
        this::observe,
        Duration.ofMinutes(10),
        new Hysteresis(Duration.ofSeconds(15)),
        this::now,
        new Agent.Horizon(Crawl.OFF, host -> List.of()),
        snapshot -> {});
  }

  private Instant now() {
    return Instant.parse("2026-01-01T00:00:00Z").plusSeconds(5L * cycles);
  }

  private Observation observe(Endpoint endpoint) {
    var answers =
        switch (condition) {
          case HEALTHY -> true;
          case DOWN -> false;
          case DRIFTING -> endpoint.hashCode() % 2 == 0;
          case FLAPPING -> cycles % 2 == 0;
        };
    return answers
        ? Objects.requireNonNull(truth.get(endpoint))
        : new Observation.Unreachable(
            endpoint,
            new Window(now(), now()),
            Failure.of(Failure.Kind.REFUSED, "connection refused"));
  }

  @Setup
  public void makeWorld() {
    LOG.setLevel(Level.OFF);
    var world = RandomWorld.ofClusters(clusters, 42);
    truth =
        world.observations().stream()
            .collect(Collectors.toMap(Observation::endpoint, Function.identity()));
    agent.close();
    agent = agent(world);
  }

  @TearDown
  public void close() {
    agent.close();
  }

  @Benchmark
  public Snapshot cycle() throws InterruptedException {
    cycles++;
    return agent.cycle();
  }

  @Test
  void run() throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(FleetBenchmark.class.getName())
                .forks(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(3))
                .measurementIterations(5)
                .measurementTime(TimeValue.seconds(3))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .build())
        .run();
  }
}
