package io.pgtopo.agent;

import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.compare.ComparisonResult;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Inventory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** What inference and comparison of a fleet cost: 250 clusters are about 1,000 instances. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class CoreBenchmark {
  @Param({"250", "2500"})
  private int clusters;

  private Inventory inventory = new Inventory(List.of());
  private List<Observation> observations = List.of();
  private AddressBook addresses = AddressBook.of(inventory);
  private Topology topology = Inference.infer(observations, addresses);

  @Setup
  public void makeWorld() {
    var world = RandomWorld.ofClusters(clusters, 42);
    inventory = world.inventory();
    observations = world.observations();
    addresses = AddressBook.of(inventory);
    topology = Inference.infer(observations, addresses);
  }

  @Benchmark
  public Topology infer() {
    return Inference.infer(observations, addresses);
  }

  @Benchmark
  public ComparisonResult compare() {
    return Comparison.compare(inventory, topology);
  }

  @Test
  void run() throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(CoreBenchmark.class.getName())
                .forks(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(5)
                .measurementTime(TimeValue.seconds(1))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .build())
        .run();
  }
}
