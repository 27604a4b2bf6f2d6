package io.pgtopo.agent.compare;

import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Origin;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * All that a rule may know of one cluster.
 *
 * @param origin that most members which answered have; of several, the declared primary's. Empty if
 *     the declared primary did not answer either: then the foreign half is unknown
 * @param leader what replicas without an upstream of their own should follow as things are: the one
 *     primary, or the leader of a standby cluster, the declared one or another. Empty if unknown
 */
record ClusterContext(
    Cluster cluster,
    Topology live,
    FleetContext fleet,
    Members members,
    Optional<Origin> origin,
    Optional<Endpoint> leader) {

  /**
   * The members by how they were seen.
   *
   * @param answering by what is declared of them, in order of their number; each server once
   * @param doubled whose address leads to a server that another address stands for
   * @param shared whose address leads to different servers at different times
   * @param silent that did not answer
   * @param elsewhere that this agent does not poll: what needs all members cannot be evaluated then
   */
  record Members(
      SequencedMap<Instance, LiveInstance> answering,
      SequencedMap<Instance, LiveInstance> doubled,
      List<Instance> shared,
      List<Instance> silent,
      List<Instance> elsewhere) {

    static Members of(Cluster cluster, Topology live, FleetContext fleet) {
      var answering = new LinkedHashMap<Instance, LiveInstance>();
      var doubled = new LinkedHashMap<Instance, LiveInstance>();
      var shared = new ArrayList<Instance>();
      var silent = new ArrayList<Instance>();
      for (var instance : cluster.instances()) {
        var found = live.at(instance.endpoint());
        if (live.shared().contains(instance.endpoint())) {
          shared.add(instance);
        } else if (found.isEmpty()) {
          silent.add(instance);
        } else if (live.isServer(instance.endpoint())) {
          answering.put(instance, found.get());
        } else {
          doubled.put(instance, found.get());
        }
      }
      return new Members(
          Collections.unmodifiableSequencedMap(answering),
          Collections.unmodifiableSequencedMap(doubled),
          List.copyOf(shared),
          List.copyOf(silent),
          fleet.declared().elsewhere().getOrDefault(cluster.name(), List.of()));
    }

    /** Of which no server of their own was seen. */
    List<Instance> unseen() {
      return Stream.of(silent, shared, doubled.keySet(), elsewhere)
          .flatMap(Collection::stream)
          .sorted(Comparator.comparingInt(Instance::seq))
          .toList();
    }

    List<LiveInstance> primaries() {
      return answering.values().stream().filter(found -> found.role() == LiveRole.PRIMARY).toList();
    }

    List<LiveInstance> primariesOf(Origin origin) {
      return primaries().stream()
          .filter(found -> found.origin().equals(origin))
          .sorted(Comparator.comparing(LiveInstance::endpoint))
          .toList();
    }

    private Optional<Origin> origin(Optional<Instance> declaredPrimary) {
      var counts = new TreeMap<Origin, Integer>();
      answering.values().forEach(found -> counts.merge(found.origin(), 1, Integer::sum));
      var most = counts.values().stream().max(Comparator.naturalOrder()).orElse(0);
      var largest =
          counts.entrySet().stream()
              .filter(entry -> entry.getValue().equals(most))
              .map(Map.Entry::getKey)
              .toList();
      return largest.size() == 1
          ? Optional.of(largest.getFirst())
          : declaredPrimary
              .flatMap(primary -> Optional.ofNullable(answering.get(primary)))
              .map(LiveInstance::origin)
              .filter(largest::contains);
    }
  }

  static ClusterContext of(Cluster cluster, Topology live, FleetContext fleet) {
    var members = Members.of(cluster, live, fleet);
    var origin = members.origin(cluster.primary());
    var isStrict = fleet.policy().roles(cluster.name()) == Policy.Roles.STRICT;
    var promoted =
        isStrict
            ? Optional.<Endpoint>empty()
            : RoleSwap.promotedIn(cluster, members, live).map(LiveInstance::endpoint);
    return new ClusterContext(
        cluster, live, fleet, members, origin, promoted.or(() -> leader(cluster, members, origin)));
  }

  private static Optional<Endpoint> leader(
      Cluster cluster, Members members, Optional<Origin> origin) {
    if (!members.elsewhere.isEmpty()) {
      return Optional.empty();
    }
    var primaries = origin.map(members::primariesOf).orElse(List.of());
    if (primaries.size() == 1) {
      return Optional.of(primaries.getFirst().endpoint());
    }
    return primaries.isEmpty()
        ? cluster.primary().filter(Instance::isStandbyLeader).map(Instance::endpoint)
        : Optional.empty();
  }

  /** Whether every member was seen as a server of its own. */
  boolean isWhole() {
    return members.unseen().isEmpty();
  }

  /** What is found of each member that answered. */
  Evaluation each(BiFunction<Instance, LiveInstance, Evaluation> rule) {
    return Evaluation.merged(
        members.answering.entrySet().stream()
            .map(member -> rule.apply(member.getKey(), member.getValue())));
  }
}
