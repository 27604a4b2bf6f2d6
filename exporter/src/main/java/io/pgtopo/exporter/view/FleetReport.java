package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Standing;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.InstanceRole;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The clusters in short, each with its members and its worst drift. */
public record FleetReport(Instant endedAt, List<FleetRow> clusters) {

  /** One cluster. */
  public record FleetRow(
      @JsonUnwrapped ClusterSummary summary,
      List<MemberRow> members,
      @JsonPropertyDescription("the open drift that counts most; null if none counts")
          Optional<WorstDrift> worst,
      @JsonPropertyDescription("number of open drifts that a maintenance suspends") int suspended,
      @JsonPropertyDescription("of the replica that is farthest behind; null if none is known")
          Optional<Long> replayLagBytes) {

    private static FleetRow of(ClusterView view, Topology live) {
      return new FleetRow(
          ClusterSummary.of(view),
          view.members().stream().map(MemberRow::of).toList(),
          Stream.concat(view.drifts(), view.unverifiable())
              .min(Comparator.comparing(JudgedDrift::severity).thenComparing(FleetRow::since))
              .map(WorstDrift::of),
          (int)
              view.open().stream()
                  .filter(it -> it.standing() instanceof Standing.Suspended)
                  .count(),
          view.links().stream()
              .flatMap(link -> Positions.replayLagBytes(link, live).stream())
              .max(Comparator.naturalOrder()));
    }

    private static Instant since(JudgedDrift judged) {
      return judged.tracked().since();
    }
  }

  /** A declared instance in short. */
  public record MemberRow(
      String name,
      String address,
      @OneOf(InstanceRole.class) Optional<String> declaredRole,
      @OneOf(LiveRole.class) String role,
      boolean reachable) {

    private static MemberRow of(InstanceView member) {
      return new MemberRow(
          member.declared().name(),
          member.declared().endpoint().toString(),
          member.declared().role().map(InstanceRole::label),
          member.role().label(),
          member.live().isPresent());
    }
  }

  /** The most severe open drift of a cluster, and among several the oldest. */
  public record WorstDrift(
      @OneOf(DriftKind.class) String kind,
      @JsonPropertyDescription("what could not be evaluated; null for a drift")
          @OneOf(DriftKind.class)
          Optional<String> about,
      @OneOf(Severity.class) String severity,
      @OneOf(TrackedDrift.State.class) String state,
      Optional<String> ins,
      Instant since) {

    private static WorstDrift of(JudgedDrift judged) {
      var drift = judged.drift();
      return new WorstDrift(
          drift.kind().label(),
          drift instanceof Drift.Unverifiable unknown
              ? Optional.of(unknown.about().label())
              : Optional.empty(),
          judged.severity().label(),
          judged.tracked().state().label(),
          DriftEntry.instanceOf(drift.subject()),
          judged.tracked().since());
    }
  }

  public static FleetReport of(Snapshot snapshot, List<ClusterView> views) {
    return new FleetReport(
        snapshot.window().to(),
        views.stream().map(view -> FleetRow.of(view, snapshot.topology())).toList());
  }
}
