package io.pgtopo.exporter.metrics;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.pgtopo.exporter.runtime.Reload;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * All that is scraped: pgtopo's own families, Micrometer's of polls and connection pools, and
 * client_java's of the process and the JVM.
 */
public final class Meters implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final TopologyMetrics topology;
  private final Timer answered = polls("answered");
  private final Timer failed = polls("failed");

  /**
   * One scrape.
   *
   * @param topology the same for all scrapes of one snapshot
   * @param rest the metrics of pgtopo and the JVM
   */
  public record Scrape(MetricSnapshots topology, MetricSnapshots rest) {}

  public Meters(LatestSnapshot latest, Counters counters, Reload reload) {
    topology = new TopologyMetrics(latest, counters, reload);
    JvmMetrics.builder().register(registry.getPrometheusRegistry());
  }

  private Timer polls(String outcome) {
    return Timer.builder("pgtopo.poll.duration")
        .description("How long polls of servers took, undeclared servers included.")
        .tag("outcome", outcome)
        .serviceLevelObjectives(
            LongStream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
                .mapToObj(Duration::ofMillis)
                .toArray(Duration[]::new))
        .register(registry);
  }

  /** Shows other meters too, until they remove themselves. */
  public void add(MeterBinder meters) {
    meters.bindTo(registry);
  }

  /** Counts the polls of a cycle. */
  public void cycleEnded(Snapshot snapshot) {
    for (var observation : snapshot.observations()) {
      switch (observation) {
        case Observation.Reachable seen -> answered.record(seen.window().length());
        case Observation.Unreachable silent -> failed.record(silent.window().length());
      }
    }
  }

  public Scrape scrape() {
    var own = topology.scrape();
    return new Scrape(
        own.topology(), joined(own.rest(), registry.getPrometheusRegistry().scrape()));
  }

  static MetricSnapshots joined(MetricSnapshots some, MetricSnapshots others) {
    return new MetricSnapshots(Stream.concat(some.stream(), others.stream()).toList());
  }

  @Override
  public void close() {
    registry.close();
  }
}
