package io.pgtopo.exporter.text;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.metrics.TopologyMetrics;
import io.pgtopo.exporter.testing.Fleet;
import io.pgtopo.exporter.view.SnapshotReport;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
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

/** What the metrics of a fleet cost: 250 clusters are 1,000 instances. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class RenderBenchmark {
  @Param({"250", "2500"})
  private int clusters;

  private Snapshot snapshot = Fleet.snapshot(0);

  @Setup
  public void makeSnapshot() {
    snapshot = Fleet.snapshot(clusters);
  }

  @Benchmark
  public MetricSnapshots render() {
    return TopologyMetrics.render(snapshot);
  }

  @Benchmark
  public void renderAndWrite() throws IOException {
    PrometheusTextFormatWriter.create()
        .write(OutputStream.nullOutputStream(), TopologyMetrics.render(snapshot));
  }

  @Benchmark
  public String tree() {
    return TreeText.render(SnapshotReport.of(snapshot), Style.PLAIN);
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
