package io.pgtopo.exporter;

import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** All that is scraped: pgtopo's own families, and Micrometer's of the process and the JVM. */
final class Meters implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final TopologyMetrics topology;

  /**
   * One scrape.
   *
   * @param topology the same for all scrapes of one snapshot
   * @param rest what pgtopo and the JVM say of themselves
   */
  record Scrape(MetricSnapshots topology, MetricSnapshots rest) {}

  Meters(Latest latest, Tally tally, Reload reload) {
    topology = new TopologyMetrics(latest, tally, reload);
    new ClassLoaderMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
  }

  Scrape scrape() {
    var own = topology.scrape();
    return new Scrape(
        own.topology(),
        Series.join(List.of(own.rest(), registry.getPrometheusRegistry().scrape())));
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
