package io.pgtopo.exporter.discover;

import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.SynchronousStandbys;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.InstanceRole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The inventory that would declare a topology.
 *
 * @param clusters in order of their names
 */
public record Proposal(List<ProposedCluster> clusters) {

  public Proposal {
    clusters = List.copyOf(clusters);
  }

  /**
   * The proposal for a topology.
   *
   * @param names that the user gives to the cluster of a server
   */
  public static Proposal of(Topology live, Map<Endpoint, String> names) {
    var groups = Grouping.of(live);
    var taken = new TreeSet<String>();
    var clusters = new ArrayList<ProposedCluster>();
    for (var group : inOrderOfCertainty(groups, names)) {
      var name = new ClusterNaming(live, names).name(group, taken);
      taken.add(name.value());
      clusters.add(cluster(group, name, live));
    }
    return new Proposal(
        clusters.stream().sorted(Comparator.comparing(it -> it.name().value())).toList());
  }

  /** Names given by the user or reported come first: guesses get what is left. */
  private static List<ServerGroup> inOrderOfCertainty(
      List<ServerGroup> groups, Map<Endpoint, String> names) {
    return groups.stream()
        .sorted(
            Comparator.<ServerGroup, Boolean>comparing(
                    group ->
                        group.members().stream()
                            .noneMatch(member -> names.containsKey(member.endpoint())))
                .thenComparing(group -> group.kind() == ServerGroup.Kind.DELAYED)
                .thenComparing(group -> group.label().isEmpty()))
        .toList();
  }

  static ProposedCluster cluster(ServerGroup group, Sourced<String> name, Topology live) {
    var numbers = new Numbering(live, name.value()).of(group);
    var isPrimary = group.head().role() == LiveRole.PRIMARY;
    var survey = group.head().facts().survey().ifSeen().filter(seen -> isPrimary);
    var objects = survey.flatMap(ClusterObjects::of);
    return new ProposedCluster(
        name,
        group.head().facts().identity().version().major(),
        group.members().stream()
            .map(member -> instance(member, group, numbers, live))
            .sorted(Comparator.comparing(it -> it.seq().value()))
            .toList(),
        survey.flatMap(Proposal::synchronous),
        objects.map(ClusterObjects::databases).orElse(List.of()),
        objects.map(ClusterObjects::users).orElse(List.of()));
  }

  private static Optional<String> synchronous(Survey survey) {
    return survey
        .setting("synchronous_standby_names")
        .filter(setting -> SynchronousStandbys.parse(setting).isPresent());
  }

  static ProposedInstance instance(
      LiveInstance member,
      ServerGroup group,
      Map<LiveInstance, Sourced<Integer>> numbers,
      Topology live) {
    var isLeader = group.leader().filter(member::equals).isPresent();
    var number = numbers.get(member);
    if (number == null) {
      throw new IllegalStateException(member.endpoint() + " has no number");
    }
    return new ProposedInstance(
        number,
        isLeader ? InstanceRole.PRIMARY : InstanceRole.REPLICA,
        member.endpoint(),
        isLeader ? group.upstream().map(at -> outside(at, live)) : upstream(member, group),
        isLeader ? Lineage.delay(member) : Duration.ZERO);
  }

  private static Sourced<String> outside(Endpoint upstream, Topology live) {
    return live.at(upstream).isPresent()
        ? Sourced.reported(upstream.host())
        : Sourced.guessed(
            upstream.host(), "it leads a standby cluster, since its upstream was not found");
  }

  /** Only in a cascade: replicas of the leader declare none. */
  private static Optional<Sourced<String>> upstream(LiveInstance member, ServerGroup group) {
    // A replication loop has no first server; an inventory needs one.
    var isFirst = member.equals(group.head());
    return !isFirst
            && member.upstream() instanceof LiveUpstream.Follows(Peer.Known(var upstream))
            && group.leader().filter(it -> it.endpoint().equals(upstream)).isEmpty()
            && group.members().stream().anyMatch(other -> other.endpoint().equals(upstream))
        ? Optional.of(Sourced.reported(upstream.host()))
        : Optional.empty();
  }
}
