package io.pgtopo.exporter.metrics;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.runtime.Reload;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that is scraped: pgtopo's own families, Micrometer's of polls and connection pools, and
 * client_java's of the process and the JVM.
 */
public final class Meters implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Meters.class);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counters counters;
  private final Reload reload;
  private final Timer answered = polls("answered");
  private final Timer failed = polls("failed");

  public Meters(Counters counters, Reload reload) {
    this.counters = counters;
    this.reload = reload;
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

  /** Shows other meters too, for good: a scrape fails if it meets one that is replaced. */
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

  /** The families of the declared clusters; none if they cannot be rendered. */
  MetricSnapshots topology(Snapshot snapshot) {
    try {
      return TopologyMetrics.render(snapshot);
    } catch (RuntimeException bug) {
      // The metrics of pgtopo itself are still there, and count it.
      counters.count(Counters.Event.RENDER_FAILED);
      LOG.error("The metrics of the snapshot of {} failed", snapshot.window().to(), bug);
      return MetricSnapshots.of();
    }
  }

  /**
   * The families of pgtopo, its process and its JVM.
   *
   * @param last the snapshot of the last cycle, fresh or not
   */
  MetricSnapshots itself(Optional<Snapshot> last) {
    return new MetricSnapshots(
        Stream.concat(
                SelfMetrics.render(last, counters, reload.last()).stream(),
                registry.getPrometheusRegistry().scrape().stream())
            .toList());
  }

  @Override
  public void close() {
    registry.close();
  }
}
