package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.topology.Detachment;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Silence;
import io.pgtopo.agent.topology.Streaming;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Instance;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether WAL streams to each replica that has a walreceiver. A state is what a process believed
 * last; how old the last message is, both ends and positions show whether it is still so.
 */
final class StreamingComparison {
  private final Topology live;
  private final Optional<Topology> before;
  private final Deliveries deliveries;

  private StreamingComparison(ClusterContext cluster) {
    this.live = cluster.live();
    this.before = cluster.fleet().earlier().topology();
    this.deliveries = cluster.fleet().earlier().past().deliveries();
  }

  static Evaluation evaluate(ClusterContext cluster) {
    var rule = new StreamingComparison(cluster);
    return cluster.each(
        (instance, found) ->
            found.role() == LiveRole.REPLICA ? rule.evaluate(instance, found) : Evaluation.NOTHING);
  }

  private Evaluation evaluate(Instance instance, LiveInstance found) {
    return live.linkTo(found)
        .flatMap(
            link ->
                link.receiver().isPresent() ? why(found, link) : deliveries.why(found.endpoint()))
        .map(why -> new ReplicationDrift.ReplicaDetached(instance, found, why))
        .map(
            drift ->
                Evaluation.of(DriftKind.REPLICA_DETACHED, Subject.of(instance), Optional.of(drift)))
        .orElse(Evaluation.NOTHING);
  }

  private Optional<Detachment> why(LiveInstance found, ReplicationLink link) {
    if (link.upstream() instanceof Peer.Known(var upstream)
        && Streaming.hasNoWalSender(link, live)) {
      return link.receiver().map(row -> new Detachment.NoWalSender(upstream, row));
    }
    var silence = Silence.of(link, live);
    if (silence.isPresent()) {
      return silence.map(it -> new Detachment.Silent(link.upstream(), it));
    }
    var undelivered = deliveries.why(found.endpoint());
    if (undelivered.isPresent()) {
      return undelivered;
    }
    return Streaming.isDenied(link)
            && (link.receiver().filter(Silence::isQuiet).isPresent() || hasNotMoved(found))
        ? Optional.of(new Detachment.StandsStill(link))
        : Optional.empty();
  }

  /** A standby that connects or catches up has another state too, but its WAL grows. */
  private boolean hasNotMoved(LiveInstance found) {
    return before
        .flatMap(topology -> topology.at(found.endpoint()))
        .filter(then -> then.facts().identity().isSameServer(found.facts().identity()))
        .filter(then -> apart(then, found).compareTo(EarlierPoll.LONG_ENOUGH) >= 0)
        .filter(
            then ->
                Positions.end(then.facts().state()).equals(Positions.end(found.facts().state())))
        .flatMap(then -> before.flatMap(topology -> topology.linkTo(then)))
        .filter(Streaming::isDenied)
        .isPresent();
  }

  private static Duration apart(LiveInstance then, LiveInstance now) {
    return Duration.between(then.facts().time().now(), now.facts().time().now());
  }
}
