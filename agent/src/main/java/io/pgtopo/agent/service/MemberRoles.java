package io.pgtopo.agent.service;

import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The roles of the members of a cluster, as Patroni's health checks tell them apart.
 *
 * @param byName of each member that was seen, and is not shared with another address
 */
public record MemberRoles(SortedMap<String, CheckedRole> byName) {

  public MemberRoles {
    byName = Collections.unmodifiableSortedMap(new TreeMap<>(byName));
  }

  /** The role of an instance. */
  public CheckedRole of(String instance) {
    return byName.getOrDefault(instance, CheckedRole.UNKNOWN);
  }

  /** If all were as declared. */
  public static MemberRoles declared(Cluster cluster) {
    var roles = new TreeMap<String, CheckedRole>();
    for (var instance : cluster.instances()) {
      if (instance.isWriter()) {
        roles.put(instance.name(), CheckedRole.PRIMARY);
      } else if (instance.isStandbyLeader()) {
        roles.put(instance.name(), CheckedRole.STANDBY_LEADER);
      } else if (!instance.isRemote()) {
        roles.put(instance.name(), CheckedRole.REPLICA);
      }
    }
    return new MemberRoles(roles);
  }

  /** As they are. */
  public static MemberRoles live(Cluster cluster, Topology live) {
    var seen = new TreeMap<String, LiveInstance>();
    for (var instance : cluster.instances()) {
      var endpoint = instance.endpoint();
      live.at(endpoint)
          .filter(found -> live.isServer(endpoint) && !live.shared().contains(endpoint))
          .ifPresent(found -> seen.put(instance.name(), found));
    }
    var primaries =
        seen.values().stream().filter(found -> found.role() == LiveRole.PRIMARY).toList();
    var roles = new TreeMap<String, CheckedRole>();
    seen.forEach(
        (name, found) ->
            roles.put(
                name,
                found.role() == LiveRole.PRIMARY
                    ? primary(primaries)
                    : standby(found, cluster, primaries, live)));
    return new MemberRoles(roles);
  }

  /** Of several only one has Patroni's leader lock, and nothing that was polled shows which. */
  private static CheckedRole primary(List<LiveInstance> primaries) {
    return primaries.size() == 1 ? CheckedRole.PRIMARY : CheckedRole.UNKNOWN;
  }

  private static CheckedRole standby(
      LiveInstance found, Cluster cluster, List<LiveInstance> primaries, Topology live) {
    if (primaries.size() == 1) {
      return primaries.getFirst().isCopyOf(found)
          ? synchrony(found, primaries.getFirst(), live)
          : CheckedRole.UNKNOWN;
    }
    return primaries.isEmpty() && found.upstream() instanceof LiveUpstream.Follows(var upstream)
        ? follower(upstream, cluster)
        : CheckedRole.UNKNOWN;
  }

  /**
   * Without a primary, the one that follows a server outside leads a standby cluster, if it is
   * declared to be one; otherwise the server may be a member that is not declared.
   */
  private static CheckedRole follower(Peer upstream, Cluster cluster) {
    if (!(upstream instanceof Peer.Known(var endpoint))) {
      return CheckedRole.UNKNOWN;
    }
    if (cluster.instances().stream().map(Instance::endpoint).anyMatch(endpoint::equals)) {
      return CheckedRole.REPLICA;
    }
    return cluster.instances().stream().anyMatch(Instance::isStandbyLeader)
        ? CheckedRole.STANDBY_LEADER
        : CheckedRole.UNKNOWN;
  }

  /** What the primary reports of a standby, if it is Patroni that chooses the synchronous ones. */
  private static CheckedRole synchrony(LiveInstance found, LiveInstance primary, Topology live) {
    var names =
        primary.facts().survey().ifSeen().flatMap(it -> it.setting("synchronous_standby_names"));
    if (names.filter(String::isBlank).isPresent()) {
      return CheckedRole.ASYNC_STANDBY;
    }
    var manager = HaManager.of(primary.facts().replication());
    if (!manager.equals(Optional.of(HaManager.PATRONI))) {
      return CheckedRole.REPLICA;
    }
    return live.linkTo(found)
        .filter(link -> link.upstream().equals(new Peer.Known(primary.endpoint())))
        .flatMap(ReplicationLink::sender)
        .flatMap(row -> row.stream().ifSeen())
        .map(WalSender.Stream::syncState)
        .map(
            state ->
                switch (state) {
                  case SYNC -> CheckedRole.SYNC_STANDBY;
                  case ASYNC -> CheckedRole.ASYNC_STANDBY;
                  case QUORUM, POTENTIAL, OTHER -> CheckedRole.REPLICA;
                })
        .orElse(CheckedRole.REPLICA);
  }
}
