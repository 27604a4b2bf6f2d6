package io.pgtopo.agent.compare;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Origin;
import io.pgtopo.config.model.Instance;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Whether all members are physical copies of the same cluster. Where an identifier is hidden, that
 * a member streams from another proves it, and nothing proves the contrary.
 */
final class SystemIdComparison {
  private SystemIdComparison() {}

  static Evaluation evaluate(ClusterContext cluster) {
    if (cluster.members().answering().isEmpty()) {
      return Evaluation.NOTHING;
    }
    return cluster
        .origin()
        .map(
            presumed -> {
              var expected = proven(presumed, cluster);
              return cluster.each(
                  (instance, found) -> evaluate(instance, found, expected, cluster));
            })
        .orElseGet(
            () ->
                Evaluation.unverifiable(
                    DriftKind.FOREIGN_SYSTEM_ID,
                    Subject.of(cluster.cluster()),
                    new Reason.NoMajority()));
  }

  /** Of those that are presumed to be one, what is proven of most; of several, of the primary. */
  private static Optional<Origin> proven(Origin presumed, ClusterContext cluster) {
    if (presumed instanceof Origin.Identified) {
      return Optional.of(presumed);
    }
    var members = cluster.members().answering();
    var counts =
        members.values().stream()
            .filter(found -> found.origin().equals(presumed))
            .collect(groupingBy(LiveInstance::proven, TreeMap::new, counting()));
    var most = counts.values().stream().mapToLong(it -> it).max().orElse(0);
    var largest =
        counts.entrySet().stream()
            .filter(entry -> entry.getValue() == most)
            .map(Map.Entry::getKey)
            .toList();
    return largest.size() == 1
        ? Optional.of(largest.getFirst())
        : cluster
            .cluster()
            .primary()
            .flatMap(primary -> Optional.ofNullable(members.get(primary)))
            .map(LiveInstance::proven)
            .filter(largest::contains);
  }

  private static Evaluation evaluate(
      Instance instance, LiveInstance found, Optional<Origin> expected, ClusterContext cluster) {
    var kind = DriftKind.FOREIGN_SYSTEM_ID;
    var subject = Subject.of(instance);
    if (expected.equals(Optional.of(found.proven()))) {
      return Evaluation.of(kind, subject, Optional.empty());
    }
    var other =
        expected.flatMap(Origin::systemId).filter(it -> found.proven().systemId().isPresent());
    return other.isPresent()
        ? Evaluation.of(
            kind,
            subject,
            Optional.of(
                new MemberDrift.ForeignSystemId(
                    instance, found, other.get(), agreeing(other.get(), cluster))))
        : Evaluation.unverifiable(
            kind,
            subject,
            hidden(
                Stream.concat(Stream.of(found), cluster.members().answering().values().stream())));
  }

  /** Why it is unknown which of some servers are copies of one cluster. */
  static Reason hidden(Stream<LiveInstance> servers) {
    return servers
        .flatMap(
            found ->
                found.facts().identity().systemId() instanceof Reading.Denied<SystemId>(var reason)
                    ? Stream.of(reason)
                    : Stream.empty())
        .findFirst()
        .<Reason>map(reason -> new Reason.Hidden(Reason.Hidden.What.SYSTEM_IDENTIFIER, reason))
        .orElseGet(Reason.NoMajority::new);
  }

  private static int agreeing(SystemId systemId, ClusterContext cluster) {
    return (int)
        cluster.members().answering().values().stream()
            .filter(found -> found.proven().systemId().equals(Optional.of(systemId)))
            .count();
  }
}
