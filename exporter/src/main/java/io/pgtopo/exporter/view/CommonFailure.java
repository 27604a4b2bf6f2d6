package io.pgtopo.exporter.view;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.exporter.view.InstanceReport.FailureReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One reason for which no instance of some clusters could be polled, and which is the agent's own
 * to repair: its login, its TLS settings, or its name server.
 *
 * @param clusters of which no instance answers, for this reason
 * @param all whether no other cluster is reported
 * @param failures by the addresses of the instances
 */
public record CommonFailure(
    Failure.Kind kind,
    List<String> clusters,
    boolean all,
    SortedMap<String, FailureReport> failures) {

  private static final List<Failure.Kind> OWN =
      List.of(Failure.Kind.AUTHENTICATION, Failure.Kind.TLS, Failure.Kind.DNS);

  public CommonFailure {
    clusters = List.copyOf(clusters);
    failures = new TreeMap<>(failures);
  }

  /** All of a report. An instance alone has its own drift, which says the same. */
  public static List<CommonFailure> of(SnapshotReport report) {
    var found = new ArrayList<CommonFailure>();
    for (var kind : OWN) {
      var failing =
          report.topology().clusters().stream().filter(cluster -> fails(cluster, kind)).toList();
      var failures = new TreeMap<String, FailureReport>();
      failing.stream()
          .flatMap(cluster -> cluster.instances().stream())
          .forEach(it -> it.failure().ifPresent(failure -> failures.put(it.address(), failure)));
      if (failures.size() > 1) {
        found.add(
            new CommonFailure(
                kind,
                failing.stream().map(cluster -> cluster.summary().name()).toList(),
                failing.size() == report.topology().clusters().size(),
                failures));
      }
    }
    return found;
  }

  private static boolean fails(ClusterReport cluster, Failure.Kind kind) {
    return !cluster.instances().isEmpty()
        && cluster.instances().stream()
            .allMatch(
                it -> it.failure().filter(one -> one.kind().equals(kind.label())).isPresent());
  }

  /** The different messages, in their order. */
  public List<String> messages() {
    return failures.values().stream().map(FailureReport::message).distinct().sorted().toList();
  }

  /** Whether the server, or the driver for it, said one of these SQLSTATEs everywhere. */
  public boolean isAlways(String... sqlStates) {
    return failures.values().stream()
        .allMatch(it -> it.sqlState().filter(Set.of(sqlStates)::contains).isPresent());
  }

  /** Whether a drift is no more than this failure of one instance. */
  public boolean explains(DriftEntry drift) {
    return clusters.contains(drift.cls())
        && drift.kind().equals(DriftKind.INSTANCE_UNREACHABLE.label())
        && drift.ins().isPresent();
  }

  /** The drifts that none of these failures explains, and that follow from none of these. */
  public static Stream<DriftEntry> rest(List<CommonFailure> failures, List<DriftEntry> drifts) {
    var explained =
        drifts.stream()
            .filter(drift -> failures.stream().anyMatch(it -> it.explains(drift)))
            .map(DriftEntry::key)
            .toList();
    return drifts.stream()
        .filter(drift -> !explained.contains(drift.key()))
        .filter(drift -> drift.cause().filter(explained::contains).isEmpty());
  }
}
