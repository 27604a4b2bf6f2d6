package io.pgtopo.exporter.metrics;

import io.pgtopo.config.model.Labelled;
import io.pgtopo.config.model.Printable;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The series of one scrape, by family, and the labels that those to be added begin with. Each set
 * of labels exists once: the first value stays. The families put them into order.
 */
final class ScrapeSeries {
  private final Map<MetricFamily, Map<Labels, Double>> values;
  private final SharedLabels shared;
  private final List<String> first;

  /** None yet. */
  ScrapeSeries() {
    this(new EnumMap<>(MetricFamily.class), new SharedLabels(), List.of());
  }

  private ScrapeSeries(
      Map<MetricFamily, Map<Labels, Double>> values, SharedLabels shared, List<String> first) {
    this.values = values;
    this.shared = shared;
    this.first = first;
  }

  /** The same scrape, to add series whose next labels have these values. */
  ScrapeSeries with(String... labels) {
    return new ScrapeSeries(values, shared, labels(labels));
  }

  private List<String> labels(String... more) {
    var labels = new ArrayList<>(first);
    labels.addAll(Arrays.asList(more));
    return labels;
  }

  /**
   * Adds one series.
   *
   * @param more one value for each further label of the family; an empty one leaves its label out
   */
  void put(MetricFamily family, double value, String... more) {
    var labels = labels(more);
    if (labels.size() != family.labels().size()) {
      throw new IllegalArgumentException(
          family + " has " + family.labels().size() + " labels, not " + labels.size());
    }
    values
        .computeIfAbsent(family, unused -> new LinkedHashMap<>())
        .putIfAbsent(shared.labels(family, labels), value);
  }

  /** Adds one series for each of the values of the last label: 1 for the current one, or 0. */
  <T extends Labelled> void putStates(MetricFamily family, T[] all, @Nullable T current) {
    for (var value : all) {
      put(family, value.equals(current) ? 1 : 0, value.label());
    }
  }

  /** Most series differ from the one before in their last labels: the first ones are shared. */
  private static final class SharedLabels {
    /** One label of the last series, and all labels up to it. */
    private record Step(String name, String value, Labels upTo) {
      boolean is(String otherName, String otherValue) {
        return name.equals(otherName) && value.equals(otherValue);
      }
    }

    private final List<Step> last = new ArrayList<>();
    private final Map<String, Map<String, Labels>> singles = new HashMap<>();

    Labels labels(MetricFamily family, List<String> given) {
      var same = 0;
      while (same < given.size()
          && same < last.size()
          && last.get(same).is(family.labels().get(same), given.get(same))) {
        same++;
      }
      last.subList(same, last.size()).clear();
      for (var i = same; i < given.size(); i++) {
        var before = i == 0 ? Labels.EMPTY : last.get(i - 1).upTo;
        var name = family.labels().get(i);
        var value = given.get(i);
        last.add(
            new Step(name, value, value.isEmpty() ? before : before.merge(single(name, value))));
      }
      return last.isEmpty() ? Labels.EMPTY : last.getLast().upTo;
    }

    private Labels single(String name, String value) {
      return singles
          .computeIfAbsent(name, unused -> new HashMap<>())
          .computeIfAbsent(value, unused -> Labels.of(name, Printable.distinct(value)));
    }
  }

  /** All series, in order. */
  MetricSnapshots snapshots() {
    var snapshots = new ArrayList<MetricSnapshot>();
    values.forEach((family, series) -> snapshots.add(snapshot(family, series)));
    return new MetricSnapshots(snapshots);
  }

  private static MetricSnapshot snapshot(MetricFamily family, Map<Labels, Double> series) {
    return switch (family.type()) {
      case GAUGE ->
          new GaugeSnapshot(
              metadata(family, ""),
              points(series, (labels, value) -> new GaugeDataPointSnapshot(value, labels, null)));
      case INFO ->
          new InfoSnapshot(
              metadata(family, "_info"),
              points(series, (labels, value) -> new InfoDataPointSnapshot(labels)));
      case COUNTER ->
          new CounterSnapshot(
              metadata(family, "_total"),
              points(
                  series, (labels, value) -> new CounterDataPointSnapshot(value, labels, null, 0)));
    };
  }

  private static MetricMetadata metadata(MetricFamily family, String suffix) {
    var base = family.exposed().substring(0, family.exposed().length() - suffix.length());
    return new MetricMetadata(base, family.help());
  }

  private static <T extends DataPointSnapshot> List<T> points(
      Map<Labels, Double> series, BiFunction<Labels, Double, T> point) {
    return series.entrySet().stream().map(it -> point.apply(it.getKey(), it.getValue())).toList();
  }

  static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }

  static double seconds(Instant time) {
    return time.getEpochSecond() + time.getNano() / 1e9;
  }
}
