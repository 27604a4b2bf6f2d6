package io.pgtopo.exporter;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The series of one scrape, by family. Each set of labels exists once: the first value stays. */
final class Series {
  private final Map<Family, SortedMap<Labels, Double>> values = new EnumMap<>(Family.class);

  /**
   * Adds one series.
   *
   * @param labels one value for each label of the family; an empty one leaves its label out
   */
  void put(Family family, double value, String... labels) {
    if (labels.length != family.labels().size()) {
      throw new IllegalArgumentException(
          family + " has " + family.labels().size() + " labels, not " + labels.length);
    }
    var names = new ArrayList<String>();
    var given = new ArrayList<String>();
    for (var i = 0; i < labels.length; i++) {
      if (!labels[i].isEmpty()) {
        names.add(family.labels().get(i));
        given.add(labels[i]);
      }
    }
    values
        .computeIfAbsent(family, unused -> new TreeMap<>())
        .putIfAbsent(Labels.of(names, given), value);
  }

  /** All series, in order. */
  MetricSnapshots snapshots() {
    var snapshots = new ArrayList<MetricSnapshot>();
    values.forEach((family, series) -> snapshots.add(snapshot(family, series)));
    return new MetricSnapshots(snapshots);
  }

  private static MetricSnapshot snapshot(Family family, SortedMap<Labels, Double> series) {
    return switch (family.type()) {
      case GAUGE -> gauge(family, series);
      case INFO -> info(family, series);
      case COUNTER -> counter(family, series);
    };
  }

  private static MetricSnapshot gauge(Family family, SortedMap<Labels, Double> series) {
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

  private static MetricSnapshot info(Family family, SortedMap<Labels, Double> series) {
    var info = InfoSnapshot.builder().name(base(family, "_info")).help(family.help());
    series.forEach(
        (labels, value) ->
            info.dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder().labels(labels).build()));
    return info.build();
  }

  private static MetricSnapshot counter(Family family, SortedMap<Labels, Double> series) {
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

  private static String base(Family family, String suffix) {
    return family.exposed().substring(0, family.exposed().length() - suffix.length());
  }

  /** All series of several parts of one scrape. */
  static MetricSnapshots join(List<MetricSnapshots> parts) {
    return new MetricSnapshots(parts.stream().flatMap(MetricSnapshots::stream).toList());
  }
}
