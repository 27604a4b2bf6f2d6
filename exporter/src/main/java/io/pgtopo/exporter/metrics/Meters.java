package io.pgtopo.exporter.metrics;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.pgtopo.exporter.runtime.Reload;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

/**
 * All that is scraped: pgtopo's own families, and those of Micrometer, which measure looks, pools,
 * the process and the JVM.
 */
public final class Meters implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final TopologyMetrics topology;
  private final Timer answered = looks("answered");
  private final Timer failed = looks("failed");

  /**
   * One scrape.
   *
   * @param topology the same for all scrapes of one snapshot
   * @param rest what pgtopo and the JVM say of themselves
   */
  public record Scrape(MetricSnapshots topology, MetricSnapshots rest) {}

  public Meters(LatestSnapshot latest, Counters tally, Reload reload) {
    topology = new TopologyMetrics(latest, tally, reload);
    new ClassLoaderMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
  }

  private Timer looks(String outcome) {
    return Timer.builder("pgtopo.look")
        .description("How long looks at servers took, undeclared servers included.")
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

  /** Counts the looks of a cycle. */
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
        own.topology(),
        ScrapeSeries.join(List.of(own.rest(), registry.getPrometheusRegistry().scrape())));
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
