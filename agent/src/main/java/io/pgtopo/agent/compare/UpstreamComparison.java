package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.topology.Detachment;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Silence;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The upstreams of the replicas of one cluster against the expected ones. */
final class UpstreamComparison {
  private final ClusterContext cluster;
  private final Topology live;
  private final Optional<Endpoint> leader;

  /**
   * The upstream of a standby cluster, which its leader should follow, whichever member that is.
   */
  private final Optional<Endpoint> source;

  /** All endpoints at which an instance of any cluster is declared. */
  private final Set<Endpoint> declared;

  private UpstreamComparison(ClusterContext cluster) {
    this.cluster = cluster;
    this.declared = cluster.fleet().declared().endpoints();
    this.live = cluster.live();
    this.leader = cluster.leader();
    this.source = cluster.cluster().upstream();
  }

  static Evaluation evaluate(ClusterContext cluster) {
    var rule = new UpstreamComparison(cluster);
    return cluster.each(
        (instance, found) ->
            instance.role().isEmpty()
                ? rule.ofNoRole(instance, found)
                : Evaluation.of(
                    rule.evaluated(instance, found),
                    Subject.of(instance),
                    rule.compare(instance, found).stream().toList()));
  }

  /**
   * Of a remote instance it is not declared whom it follows, nor that it follows anybody: some
   * services have replicas without replication. One that is configured to follow should.
   */
  private Evaluation ofNoRole(Instance instance, LiveInstance found) {
    var drift =
        found.upstream() instanceof LiveUpstream.Detached(var why)
            ? detached(instance, found, why)
            : Optional.<Drift>empty();
    return found.upstream() instanceof LiveUpstream.Hidden
            || drift.filter(it -> !isConfiguredToFollow(it)).isPresent()
        ? Evaluation.NOTHING
        : Evaluation.of(DriftKind.REPLICA_DETACHED, Subject.of(instance), drift);
  }

  private static boolean isConfiguredToFollow(Drift drift) {
    return drift instanceof ReplicationDrift.ReplicaDetached detached
        && !(detached.why() instanceof Detachment.NoUpstreamConfigured)
        && !(detached.why() instanceof Detachment.Unknown);
  }

  /**
   * One that has no walreceiver is not seen to follow the right upstream, nor a wrong one. One to
   * which nothing arrives from an unknown upstream is not seen to stream, nor is one whose
   * walreceiver is hidden, and has no walsender.
   */
  private Set<DriftKind> evaluated(Instance instance, LiveInstance found) {
    if (found.upstream() instanceof LiveUpstream.Follows(Peer.Unknown unknown) && isQuiet(found)) {
      return EnumSet.of(DriftKind.UPSTREAM_MISMATCH);
    }
    if (found.upstream() instanceof LiveUpstream.Hidden && undelivered(found).isEmpty()) {
      return EnumSet.noneOf(DriftKind.class);
    }
    var isUpstreamKnown =
        switch (found.upstream()) {
          case LiveUpstream.NotNeeded notNeeded -> true;
          case LiveUpstream.Detached detached -> false;
          case LiveUpstream.Hidden hidden -> false;
          case LiveUpstream.Foreign foreign -> expected(instance, found).isPresent();
          case LiveUpstream.Follows follows -> expected(instance, found).isPresent();
        };
    return isUpstreamKnown
        ? EnumSet.of(DriftKind.REPLICA_DETACHED, DriftKind.UPSTREAM_MISMATCH)
        : EnumSet.of(DriftKind.REPLICA_DETACHED);
  }

  /** What is wrong with the upstream of one member. */
  private Optional<Drift> compare(Instance instance, LiveInstance found) {
    if (found.role() != LiveRole.REPLICA) {
      return Optional.empty();
    }
    return switch (found.upstream()) {
      case LiveUpstream.NotNeeded notNeeded -> Optional.empty();
      case LiveUpstream.Detached(var why) -> detached(instance, found, why);
      case LiveUpstream.Hidden(var reason) ->
          Optional.of(
              undelivered(found)
                  .<Drift>map(why -> new ReplicationDrift.ReplicaDetached(instance, found, why))
                  .orElseGet(
                      () ->
                          unverifiable(
                              instance, new Reason.Hidden(Reason.Hidden.What.FACT, reason))));
      case LiveUpstream.Foreign foreign ->
          expected(instance, found)
              .map(
                  expected ->
                      new ReplicationDrift.UpstreamMismatch(
                          instance, expected, foreign, Optional.empty()));
      case LiveUpstream.Follows(var upstream) ->
          expected(instance, found)
              .flatMap(expected -> follows(instance, found, upstream, expected));
    };
  }

  private Optional<Drift> follows(
      Instance instance, LiveInstance found, Peer upstream, Endpoint expected) {
    return switch (upstream) {
      case Peer.Known(var endpoint) when endpoint.equals(expected) -> Optional.empty();
      case Peer.Known known when connectsTo(found, expected) -> Optional.empty();
      case Peer.Known(var endpoint) when mayBe(endpoint, expected) ->
          Optional.of(unverifiable(instance, new Reason.MaybeSameServer(upstream, expected)));
      case Peer.Known known -> Optional.of(mismatch(instance, found, expected));
      case Peer.Unknown unknown when isAt(unknown, expected) -> Optional.empty();
      case Peer.Unknown unknown when disowns(expected, found) ->
          Optional.of(mismatch(instance, found, expected));
      case Peer.Unknown unknown ->
          Optional.of(unverifiable(instance, new Reason.MaybeSameServer(upstream, expected)));
    };
  }

  /**
   * Whether its walreceiver connected to just the address that it should, a name or a virtual one.
   */
  private boolean connectsTo(LiveInstance found, Endpoint expected) {
    return live.at(expected).isEmpty()
        && live.linkTo(found)
            .flatMap(ReplicationLink::receiver)
            .flatMap(WalReceiver::upstream)
            .filter(new HostPort(expected.host(), expected.port())::equals)
            .isPresent();
  }

  /** Whether an undeclared server may be the one that did not answer at its declared address. */
  private boolean mayBe(Endpoint undeclared, Endpoint expected) {
    return !declared.contains(undeclared) && live.at(expected).isEmpty();
  }

  private Drift mismatch(Instance instance, LiveInstance found, Endpoint expected) {
    return new ReplicationDrift.UpstreamMismatch(
        instance, expected, found.upstream(), live.linkTo(found));
  }

  private static boolean isAt(Peer.Unknown unknown, Endpoint expected) {
    return unknown.address().equals(new HostPort(expected.host(), expected.port()).toString());
  }

  /**
   * Whether the expected upstream answered and could show a link to this replica, but has none. It
   * may also have ended the walsender of a link that was cut, where nothing arrives.
   */
  private boolean disowns(Endpoint expected, LiveInstance found) {
    return !isQuiet(found)
        && live.at(expected)
            .filter(upstream -> upstream.origin().equals(found.origin()))
            .filter(upstream -> upstream.facts().replication().showsWalSenders())
            .filter(
                upstream ->
                    live.clusterOf(upstream).links().stream()
                        .filter(link -> link.upstream().equals(new Peer.Known(expected)))
                        .noneMatch(link -> link.downstream() instanceof Peer.Unknown))
            .isPresent();
  }

  private static boolean isQuiet(LiveInstance found) {
    return found.facts().walReceiver().filter(Silence::isQuiet).isPresent();
  }

  /** Its expected upstream; empty if it is unknown, or none is declared. */
  private Optional<Endpoint> expected(Instance instance, LiveInstance found) {
    var isLeader = leader.equals(Optional.of(found.endpoint()));
    if (isLeader && source.isPresent()) {
      return source.map(live::serverAt);
    }
    return switch (instance.upstream()) {
      case DeclaredUpstream.None none -> followsLeader(found);
      case DeclaredUpstream.ClusterLeader clusterLeader -> followsLeader(found);
      case DeclaredUpstream.Outside outside when isLedByReplica() -> followsLeader(found);
      case DeclaredUpstream.Outside(var endpoint) -> Optional.of(live.serverAt(endpoint));
      case DeclaredUpstream.Member(var endpoint) -> Optional.of(live.serverAt(endpoint));
    };
  }

  private boolean isLedByReplica() {
    return leader.flatMap(live::at).filter(it -> it.role() == LiveRole.REPLICA).isPresent();
  }

  /**
   * A declared primary that became a replica should stream from the new leader as the others do.
   */
  private Optional<Endpoint> followsLeader(LiveInstance found) {
    return leader.filter(endpoint -> !endpoint.equals(found.endpoint()));
  }

  private Optional<Drift> detached(Instance instance, LiveInstance found, Detachment why) {
    return switch (ReceiverAbsence.of(found, why, cluster)) {
      case ReceiverAbsence.Right right -> Optional.empty();
      case ReceiverAbsence.Unclear(var reason) ->
          Optional.of(unverifiable(DriftKind.REPLICA_DETACHED, instance, reason));
      case ReceiverAbsence.Wrong(var reason) ->
          Optional.of(new ReplicationDrift.ReplicaDetached(instance, found, known(found, reason)));
    };
  }

  /** A walreceiver that was seen in an earlier poll could log in. */
  private Detachment known(LiveInstance found, Detachment why) {
    return Optional.of(why)
        .filter(Detachment.Unexplained.class::isInstance)
        .flatMap(unexplained -> undelivered(found))
        .orElse(why);
  }

  private Optional<Detachment> undelivered(LiveInstance found) {
    return cluster.fleet().earlier().past().deliveries().why(found.endpoint());
  }

  private static Drift unverifiable(Instance instance, Reason reason) {
    return unverifiable(DriftKind.UPSTREAM_MISMATCH, instance, reason);
  }

  private static Drift unverifiable(DriftKind about, Instance instance, Reason reason) {
    return new Drift.Unverifiable(about, Subject.of(instance), reason);
  }
}
