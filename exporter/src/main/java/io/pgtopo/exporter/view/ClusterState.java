package io.pgtopo.exporter.view;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Streaming;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.track.TrackedDrift;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What of a cluster is worth reporting when it changes: not how far its WAL is.
 *
 * @param links what they join and whether they stream
 * @param open drifts, and what could not be evaluated
 */
public record ClusterState(
    SortedMap<String, LiveRole> roles,
    List<Link> links,
    SortedMap<Drift.Key, TrackedDrift.State> open) {

  /** A link, without its positions. */
  record Link(String upstream, String downstream, String grade, Streaming streaming) {}

  public ClusterState {
    roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
    links = List.copyOf(links);
    open = Collections.unmodifiableSortedMap(new TreeMap<>(open));
  }

  /** The states of all clusters, by their names. */
  public static SortedMap<String, ClusterState> of(Snapshot snapshot) {
    var names = new DisplayNames(snapshot.addresses());
    var states = new TreeMap<String, ClusterState>();
    for (var view : ClusterView.of(snapshot)) {
      states.put(view.cluster().name(), of(view, snapshot.topology(), names));
    }
    return states;
  }

  private static ClusterState of(ClusterView view, Topology live, DisplayNames names) {
    var roles = new TreeMap<String, LiveRole>();
    view.members().forEach(member -> roles.put(member.declared().name(), member.role()));
    var links =
        view.links().stream()
            .map(
                link ->
                    new Link(
                        names.of(link.upstream()),
                        names.of(link.downstream()),
                        link.grade().label(),
                        Streaming.of(link, live)))
            .toList();
    var open = new TreeMap<Drift.Key, TrackedDrift.State>();
    view.open().stream()
        .filter(JudgedDrift::counts)
        .forEach(judged -> open.put(judged.key(), judged.tracked().state()));
    return new ClusterState(roles, links, open);
  }
}
