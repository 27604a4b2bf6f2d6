package io.pgtopo.exporter.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The series of one scrape, by family. Each set of labels exists once: the first value stays. The
 * families put them into order.
 */
final class ScrapeSeries {
  private final Map<MetricFamily, Map<Labels, Double>> values = new EnumMap<>(MetricFamily.class);

  /** One label of the last series, and all labels up to it. */
  private record Step(String name, String value, Labels upTo) {
    boolean is(String otherName, String otherValue) {
      return name.equals(otherName) && value.equals(otherValue);
    }
  }

  private final List<Step> last = new ArrayList<>();
  private final Map<String, Map<String, Labels>> singles = new HashMap<>();

  /**
   * Adds one series.
   *
   * @param labels one value for each label of the family; an empty one leaves its label out
   */
  void put(MetricFamily family, double value, String... labels) {
    if (labels.length != family.labels().size()) {
      throw new IllegalArgumentException(
          family + " has " + family.labels().size() + " labels, not " + labels.length);
    }
    values
        .computeIfAbsent(family, unused -> new LinkedHashMap<>())
        .putIfAbsent(labels(family, labels), value);
  }

  /**
   * Adds one series for each of the values: 1 for the current one, 0 for the others.
   *
   * @param labels those before the last one, which is that of the value
   */
  <T> void putStates(
      MetricFamily family,
      T[] values,
      @Nullable T current,
      Function<T, String> label,
      String... labels) {
    for (var value : values) {
      var all = Arrays.copyOf(labels, labels.length + 1);
      all[labels.length] = label.apply(value);
      put(family, value.equals(current) ? 1 : 0, all);
    }
  }

  /** Most series differ from the one before in their last labels: the first ones are shared. */
  private Labels labels(MetricFamily family, String... given) {
    var shared = 0;
    while (shared < given.length
        && shared < last.size()
        && last.get(shared).is(family.labels().get(shared), given[shared])) {
      shared++;
    }
    last.subList(shared, last.size()).clear();
    for (var i = shared; i < given.length; i++) {
      var before = i == 0 ? Labels.EMPTY : last.get(i - 1).upTo;
      var name = family.labels().get(i);
      var upTo = given[i].isEmpty() ? before : before.merge(single(name, given[i]));
      last.add(new Step(name, given[i], upTo));
    }
    return last.isEmpty() ? Labels.EMPTY : last.getLast().upTo;
  }

  private Labels single(String name, String value) {
    return singles
        .computeIfAbsent(name, unused -> new HashMap<>())
        .computeIfAbsent(value, unused -> Labels.of(name, value));
  }

  /** All series, in order. */
  MetricSnapshots snapshots() {
    var snapshots = new ArrayList<MetricSnapshot>();
    values.forEach((family, series) -> snapshots.add(snapshot(family, series)));
    return new MetricSnapshots(snapshots);
  }

  private static MetricSnapshot snapshot(MetricFamily family, Map<Labels, Double> series) {
    return switch (family.type()) {
      case GAUGE -> gauge(family, series);
      case INFO -> info(family, series);
      case COUNTER -> counter(family, series);
    };
  }

  private static MetricSnapshot gauge(MetricFamily family, Map<Labels, Double> series) {
    var gauge = GaugeSnapshot.builder().name(family.exposed()).help(family.help());
    series.forEach(
        (labels, value) ->
            gauge.dataPoint(
                GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(labels)
                    .value(value)
                    .build()));
    return gauge.build();
  }

  private static MetricSnapshot info(MetricFamily family, Map<Labels, Double> series) {
    var info = InfoSnapshot.builder().name(base(family, "_info")).help(family.help());
    series.forEach(
        (labels, value) ->
            info.dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder().labels(labels).build()));
    return info.build();
  }

  private static MetricSnapshot counter(MetricFamily family, Map<Labels, Double> series) {
    var counter = CounterSnapshot.builder().name(base(family, "_total")).help(family.help());
    series.forEach(
        (labels, value) ->
            counter.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(labels)
                    .value(value)
                    .build()));
    return counter.build();
  }

  private static String base(MetricFamily family, String suffix) {
    return family.exposed().substring(0, family.exposed().length() - suffix.length());
  }

  static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }

  static double seconds(Instant time) {
    return time.getEpochSecond() + time.getNano() / 1e9;
  }
}
