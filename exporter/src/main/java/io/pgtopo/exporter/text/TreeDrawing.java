package io.pgtopo.exporter.text;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.DisplayNames;
import io.pgtopo.exporter.view.DriftReport;
import io.pgtopo.exporter.view.Forest;
import java.util.List;

/**
 * A cluster as a tree shows it, from a look of one's own or as a running agent tells it.
 *
 * @param systems the system identifiers of the members that answered
 */
public record TreeDrawing(DriftReport.OfCluster cluster, List<String> systems, List<TreeRow> rows) {

  static List<TreeDrawing> of(Snapshot snapshot, List<ClusterView> views, Style style) {
    var names = new DisplayNames(snapshot.addresses());
    var report = DriftReport.of(snapshot, views).clusters().iterator();
    return views.stream()
        .map(
            view ->
                new TreeDrawing(
                    report.next(),
                    view.systemIds().stream().map(Object::toString).toList(),
                    new TreeRows(view, snapshot, names, style).of(Forest.of(view, names))))
        .toList();
  }
}
