package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Finding;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.VirtualAddress;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether the VIP of a cluster leads to its primary; of a standby cluster, to any member. */
final class VirtualAddressComparison {
  private final Cluster cluster;
  private final Map<Instance, LiveInstance> answering;

  /** The one primary; empty if none is seen, or several. */
  private final Optional<Endpoint> leader;

  /** Members of which no server of their own was seen. */
  private final List<Instance> unseen;

  VirtualAddressComparison(
      Cluster cluster,
      Map<Instance, LiveInstance> answering,
      List<Instance> unseen,
      Optional<Endpoint> leader) {
    this.cluster = cluster;
    this.answering = answering;
    this.unseen = unseen;
    this.leader = leader;
  }

  /**
   * What is wrong with it.
   *
   * @param vip where clients look for the cluster
   * @param found what was found there
   */
  Optional<Drift> judge(Endpoint vip, VirtualAddress found) {
    return switch (found) {
      case VirtualAddress.Silent(var failure) ->
          Optional.of(unverifiable("nobody answered at %s: %s".formatted(vip, failure.message())));
      case VirtualAddress.LeadsElsewhere(var facts) ->
          Optional.of(
              unseen.isEmpty()
                  ? misplaced("a server that is no member", identity(vip, facts.identity()))
                  : unverifiable(
                      identity(vip, facts.identity())
                          + ", and may be "
                          + unseen.stream().map(Instance::name).collect(Collectors.joining(", "))));
      case VirtualAddress.LeadsTo(var server) ->
          member(server)
              .map(member -> judge(vip, member))
              .orElseGet(() -> Optional.of(misplaced("no member: " + server, vip + " is it")));
    };
  }

  private Optional<Drift> judge(Endpoint vip, Map.Entry<Instance, LiveInstance> member) {
    var found = member.getValue();
    if (cluster.upstream().isPresent() || leader.equals(Optional.of(found.endpoint()))) {
      return Optional.empty();
    }
    return leader.isEmpty()
        ? Optional.of(unverifiable("no primary is seen that %s should lead to".formatted(vip)))
        : Optional.of(
            misplaced(
                "%s, a %s".formatted(member.getKey().name(), found.role().label()),
                identity(vip, found.facts().identity())
                    + ", as %s (%s) does".formatted(member.getKey().name(), found.endpoint())));
  }

  private Optional<Map.Entry<Instance, LiveInstance>> member(Endpoint server) {
    return answering.entrySet().stream()
        .filter(entry -> entry.getValue().endpoint().equals(server))
        .findFirst();
  }

  private String primary() {
    return leader
        .flatMap(this::member)
        .map(entry -> "the primary, " + entry.getKey().name())
        .orElse(cluster.upstream().isPresent() ? "a member" : "the primary");
  }

  private Drift misplaced(String live, String proof) {
    return new Finding(
        DriftKind.VIP_MISPLACED,
        Subject.of(cluster),
        "the VIP leads to " + primary(),
        "it leads to " + live,
        List.of(proof));
  }

  private static String identity(Endpoint vip, Identity identity) {
    return "%s answers as system %s, started %s, port %d"
        .formatted(vip, identity.systemId(), identity.startedAt(), identity.port());
  }

  private Drift unverifiable(String reason) {
    return new Drift.Unverifiable(DriftKind.VIP_MISPLACED, Subject.of(cluster), reason);
  }
}
