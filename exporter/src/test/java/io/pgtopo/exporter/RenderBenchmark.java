package io.pgtopo.exporter;

import io.pgtopo.agent.RandomWorld;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Comparison;
import io.pgtopo.agent.drift.DriftTracker;
import io.pgtopo.agent.drift.Hysteresis;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.config.Inventory;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
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

/** What the metrics of a fleet cost: 250 clusters are about 1,000 instances. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class RenderBenchmark {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Param({"250", "2500"})
  private int clusters;

  private Snapshot snapshot = snapshot(0);

  private static Snapshot snapshot(int clusters) {
    var world = RandomWorld.ofClusters(clusters, 42);
    var inventory = clusters == 0 ? new Inventory(List.of()) : world.inventory();
    var observations = world.observations();
    var topology = Inference.infer(observations, AddressBook.of(inventory));
    var tracker =
        DriftTracker.starting(new Hysteresis(Duration.ZERO))
            .next(Comparison.compare(inventory, topology), NOW);
    return new Snapshot(new Window(NOW, NOW), inventory, observations, topology, tracker.open());
  }

  @Setup
  public void makeSnapshot() {
    snapshot = snapshot(clusters);
  }

  @Benchmark
  public MetricSnapshots render() {
    return TopologyMetrics.render(snapshot);
  }

  @Benchmark
  public void renderAndWrite() throws IOException {
    PrometheusTextFormatWriter.create()
        .write(
            OutputStream.nullOutputStream(),
            TopologyMetrics.render(snapshot),
            EscapingScheme.DEFAULT);
  }

  @Benchmark
  public String tree() {
    return TreeText.render(snapshot, Style.PLAIN);
  }

  @Test
  void run() throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(RenderBenchmark.class.getName())
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
