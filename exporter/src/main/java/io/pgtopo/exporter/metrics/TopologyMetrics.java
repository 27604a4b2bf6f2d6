package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.runtime.Counters;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.pgtopo.exporter.runtime.Reload;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All metrics of pgtopo, made from the one snapshot that is the latest at a scrape. A scrape looks
 * at no server. Without a fresh snapshot only what pgtopo says of itself is left.
 *
 * <p>May be called from any thread.
 */
public final class TopologyMetrics implements MultiCollector {
  private static final MetricSnapshots NOTHING = new MetricSnapshots(List.of());
  private static final Logger LOG = LoggerFactory.getLogger(TopologyMetrics.class);

  private record Rendered(Snapshot of, MetricSnapshots metrics) {
    @SuppressWarnings(
        "ReferenceEquality") // Comparing a whole fleet would cost more than rendering.
    boolean isOf(Snapshot snapshot) {
      return of == snapshot;
    }
  }

  private final LatestSnapshot latest;
  private final Counters counters;
  private final Reload reload;
  private final ReentrantLock rendering = new ReentrantLock();
  private Optional<Rendered> rendered = Optional.empty();

  public TopologyMetrics(LatestSnapshot latest, Counters counters, Reload reload) {
    this.latest = latest;
    this.counters = counters;
    this.reload = reload;
  }

  @Override
  public MetricSnapshots collect() {
    var scrape = scrape();
    return Meters.joined(scrape.topology(), scrape.rest());
  }

  /** Both parts of one scrape, of one look at the latest snapshot. */
  Meters.Scrape scrape() {
    var seen = latest.look();
    var topology =
        seen instanceof LatestSnapshot.Fresh(var snapshot) ? renderedOnce(snapshot) : NOTHING;
    return new Meters.Scrape(
        topology, SelfMetrics.render(seen.snapshot(), counters, reload.last()));
  }

  /** What one snapshot says of the declared clusters. */
  public static MetricSnapshots render(Snapshot snapshot) {
    var series = new ScrapeSeries();
    var names = new DisplayNames(snapshot.addresses());
    for (var view : ClusterView.of(snapshot)) {
      InstanceMetrics.render(view, series);
      DeclaredMetrics.render(view, snapshot, names, series);
      LinkMetrics.render(view, snapshot, names, series);
      DriftMetrics.render(view, series);
    }
    return series.snapshots();
  }

  /** Scrapes of one snapshot share its rendering. */
  private MetricSnapshots renderedOnce(Snapshot snapshot) {
    rendering.lock();
    try {
      if (rendered.isEmpty() || !rendered.get().isOf(snapshot)) {
        rendered = Optional.of(new Rendered(snapshot, renderOrCount(snapshot)));
      }
      return rendered.get().metrics();
    } finally {
      rendering.unlock();
    }
  }

  private MetricSnapshots renderOrCount(Snapshot snapshot) {
    try {
      return render(snapshot);
    } catch (RuntimeException bug) {
      // One collector that throws makes the registry answer nothing at all.
      counters.count(Counters.Event.RENDER_FAILED);
      LOG.error("The metrics of the snapshot of {} failed", snapshot.window().to(), bug);
      return NOTHING;
    }
  }
}
