package io.pgtopo.exporter.view;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Topology and drift of one cycle: what {@code tree}, {@code diff} and {@code services} are drawn
 * from.
 */
public record SnapshotReport(
    Instant startedAt,
    Instant endedAt,
    List<PollReport> polls,
    TopologyReport topology,
    DriftReport drift,
    List<ServicesReport.ServiceReport> services,
    List<ServicesReport.UndeclaredReport> undeclaredServices,
    List<ManagerView> managers) {

  /**
   * The poll of one instance.
   *
   * @param failure its kind; empty if the instance answered
   */
  public record PollReport(
      String instance, String address, Instant from, Instant to, Optional<String> failure) {

    private boolean isMissed() {
      return failure.equals(Optional.of(Failure.Kind.AGENT_SLOW.label()));
    }

    private static PollReport of(InstanceView member, Observation seen) {
      return new PollReport(
          member.declared().name(),
          seen.endpoint().toString(),
          seen.window().from(),
          seen.window().to(),
          member.failure().map(failure -> failure.kind().label()));
    }
  }

  public static SnapshotReport of(Snapshot snapshot) {
    return of(snapshot, ClusterView.of(snapshot));
  }

  /** Of some clusters. */
  public static SnapshotReport of(Snapshot snapshot, List<ClusterView> views) {
    var services =
        ServicesReport.of(views.stream().map(ClusterView::cluster).toList(), Optional.of(snapshot));
    return new SnapshotReport(
        snapshot.window().from(),
        snapshot.window().to(),
        polls(views),
        TopologyReport.of(snapshot, views),
        DriftReport.of(snapshot, views, drift -> true),
        services.services(),
        services.undeclared(),
        services.managers());
  }

  private static List<PollReport> polls(List<ClusterView> views) {
    return views.stream()
        .flatMap(view -> view.members().stream())
        .flatMap(member -> member.observation().map(seen -> PollReport.of(member, seen)).stream())
        .toList();
  }

  /** The part that is about some clusters. */
  public SnapshotReport only(Predicate<String> cluster) {
    var part = topology.only(cluster);
    var names =
        part.clusters().stream()
            .flatMap(it -> it.instances().stream())
            .map(InstanceReport::name)
            .collect(Collectors.toSet());
    var some = new ServicesReport(services, undeclaredServices, managers).only(cluster);
    return new SnapshotReport(
        startedAt,
        endedAt,
        polls.stream().filter(poll -> names.contains(poll.instance())).toList(),
        part,
        drift.only(part),
        some.services(),
        some.undeclared(),
        some.managers());
  }

  /** What was found, in a line; and how much this agent was too slow to find. */
  public String summary() {
    return summary(drift, polls);
  }

  /** The same of a snapshot. */
  public static String summary(Snapshot snapshot) {
    var views = ClusterView.of(snapshot);
    return summary(DriftReport.of(snapshot, views, drift -> true), polls(views));
  }

  private static String summary(DriftReport drift, List<PollReport> polls) {
    var missed = polls.stream().filter(PollReport::isMissed).count();
    return drift.summary()
        + (missed == 0
            ? ""
            : "; this agent was too slow to poll %d of %d instances"
                .formatted(missed, polls.size()));
  }

  /** The names of the clusters. */
  public List<String> clusters() {
    return topology.clusters().stream().map(it -> it.summary().name()).toList();
  }
}
