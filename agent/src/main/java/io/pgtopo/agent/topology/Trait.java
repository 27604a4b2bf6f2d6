package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.config.model.Labelled;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** What an instance is beyond primary or replica. Its label is an API value. */
public enum Trait implements Labelled {
  /** A replica that follows the instance of another declared cluster, or one outside of them. */
  STANDBY_LEADER,
  /** A replica that follows another replica. */
  CASCADING,
  /** Commits wait for it. */
  SYNC,
  /** Commits wait for a quorum of which it is one. */
  QUORUM,
  /** It becomes synchronous when another one fails. */
  POTENTIAL,
  /** {@code recovery_min_apply_delay} is set. */
  DELAYED,
  /** Its replay is paused. */
  PAUSED,
  /** It has no walreceiver. */
  DETACHED,
  /** It has no walreceiver, and restores WAL from an archive. */
  ARCHIVE_RECOVERY,
  /** It is in production, and new sessions are read-only by default. */
  READ_ONLY;

  /** The traits of an instance, in the order above. */
  public static List<Trait> of(LiveInstance live, Topology topology, AddressBook names) {
    var traits = EnumSet.noneOf(Trait.class);
    switch (live.facts().state()) {
      case ServerState.InProduction production -> {
        if (live.facts().survey().ifSeen().filter(Trait::isReadOnly).isPresent()) {
          traits.add(READ_ONLY);
        }
      }
      case ServerState.InRecovery recovery -> {
        if (recovery.replay() != ServerState.Replay.RUNNING) {
          traits.add(PAUSED);
        }
        if (live.facts()
            .recovery()
            .ifSeen()
            .filter(settings -> settings.applyDelay().isPositive())
            .isPresent()) {
          traits.add(DELAYED);
        }
        following(live, topology, names).ifPresent(traits::add);
        synchronous(live, topology).ifPresent(traits::add);
      }
    }
    return List.copyOf(traits);
  }

  private static boolean isReadOnly(Survey survey) {
    return survey.isOn("default_transaction_read_only");
  }

  private static Optional<Trait> following(
      LiveInstance live, Topology topology, AddressBook names) {
    return switch (live.upstream()) {
      case LiveUpstream.Detached detached ->
          Optional.of(live.facts().restoresFromArchive() ? ARCHIVE_RECOVERY : DETACHED);
      case LiveUpstream.Follows(var upstream) when isElsewhere(live, upstream, names) ->
          Optional.of(STANDBY_LEADER);
      case LiveUpstream.Follows(Peer.Known(var upstream)) ->
          topology
              .at(upstream)
              .filter(theirs -> theirs.role() == LiveRole.REPLICA)
              .map(theirs -> CASCADING);
      case LiveUpstream.Follows(Peer.Unknown unknown) -> Optional.empty();
      case LiveUpstream.Foreign foreign -> Optional.empty();
      case LiveUpstream.Hidden hidden -> Optional.empty();
      case LiveUpstream.NotNeeded notNeeded -> Optional.empty();
    };
  }

  private static boolean isElsewhere(LiveInstance live, Peer upstream, AddressBook names) {
    var own = names.clusterOf(live.endpoint());
    return own.isPresent()
        && upstream instanceof Peer.Known(var endpoint)
        && names.clusterOf(endpoint).filter(theirs -> !theirs.equals(own.get())).isPresent();
  }

  /** PostgreSQL reports a sync_state on a standby too, where it means nothing. */
  private static Optional<Trait> synchronous(LiveInstance live, Topology topology) {
    return topology
        .linkTo(live)
        .filter(
            link ->
                link.upstream()
                    .ifKnown()
                    .flatMap(topology::at)
                    .filter(theirs -> theirs.role() == LiveRole.PRIMARY)
                    .isPresent())
        .flatMap(ReplicationLink::sender)
        .flatMap(row -> row.stream().ifSeen())
        .map(WalSender.Stream::syncState)
        .flatMap(
            state ->
                switch (state) {
                  case SYNC -> Optional.of(SYNC);
                  case QUORUM -> Optional.of(QUORUM);
                  case POTENTIAL -> Optional.of(POTENTIAL);
                  case ASYNC, OTHER -> Optional.empty();
                });
  }
}
