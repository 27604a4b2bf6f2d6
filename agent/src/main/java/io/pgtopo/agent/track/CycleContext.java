package io.pgtopo.agent.track;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the tracker must know of a cycle besides its drifts.
 *
 * @param unsettled clusters of which a member has just been restarted, promoted or demoted
 * @param silent endpoints that did not answer, and how
 * @param silentInstances the declared instances among them, and how
 * @param live what is there
 * @param others what other sources show
 */
public record CycleContext(
    Set<String> unsettled,
    SortedMap<Endpoint, Failure.Kind> silent,
    SortedMap<Subject, Failure.Kind> silentInstances,
    Topology live,
    OtherSources others) {

  /**
   * Kinds that say whether a server answers, or what a manager says of that: that it did not answer
   * leaves none of them open.
   */
  private static final Set<DriftKind> OF_ANSWERS =
      EnumSet.of(
          DriftKind.INSTANCE_UNREACHABLE,
          DriftKind.CONNECTIONS_REFUSED,
          DriftKind.MANAGER_DISAGREES,
          DriftKind.UNVERIFIABLE);

  public CycleContext {
    unsettled = Set.copyOf(unsettled);
    silent = Collections.unmodifiableSortedMap(new TreeMap<>(silent));
    silentInstances = Collections.unmodifiableSortedMap(new TreeMap<>(silentInstances));
  }

  /** Those of a topology. */
  public static CycleContext of(
      Inventory declared, Topology live, OtherSources others, Set<String> unsettled) {
    var silent = new TreeMap<Endpoint, Failure.Kind>();
    live.unreachable().forEach((endpoint, failure) -> silent.put(endpoint, failure.kind()));
    var instances = new TreeMap<Subject, Failure.Kind>();
    declared
        .instances()
        .forEach(
            instance -> {
              var failure = silent.get(instance.endpoint());
              if (failure != null) {
                instances.put(Subject.of(instance), failure);
              }
            });
    return new CycleContext(unsettled, silent, instances, live, others);
  }

  /** Whether it is left open what an episode claims, though the cycle did not find it. */
  boolean hide(Episode episode) {
    var kind = episode.key().kind();
    var silence = silentInstances.get(episode.key().subject().whole());
    return (silence != null && !OF_ANSWERS.contains(kind))
        || (silence != null && silence.isOwn() && kind == DriftKind.CONNECTIONS_REFUSED)
        || episode.sources().stream().anyMatch(source -> isHiding(source, kind))
        || episode.drift().filter(drift -> !drift.isRepaired(live, others)).isPresent();
  }

  /** Where a connection is refused no server listens, so a second primary there is gone. */
  private boolean isHiding(Endpoint source, DriftKind kind) {
    var failure = silent.get(source);
    return failure != null
        && !(kind == DriftKind.MULTIPLE_PRIMARIES && failure == Failure.Kind.REFUSED);
  }
}
