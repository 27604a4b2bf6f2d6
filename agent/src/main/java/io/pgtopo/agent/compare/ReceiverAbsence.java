package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.WalFile;
import io.pgtopo.agent.topology.Detachment;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.IpAddress;
import java.util.Optional;

/** Whether a standby without a walreceiver should have one. */
sealed interface ReceiverAbsence {

  /** It waits for its delay before it asks for more WAL, or has all that is archived. */
  record Right() implements ReceiverAbsence {}

  /** Unknown, and why. */
  record Unclear(Reason reason) implements ReceiverAbsence {}

  /** It should have one, or replay more of what is archived. */
  record Wrong(Detachment why) implements ReceiverAbsence {}

  /** Of a standby that is detached for a reason. */
  static ReceiverAbsence of(LiveInstance found, Detachment polled, ClusterContext cluster) {
    var why = proven(polled, found, cluster);
    return switch (found.facts().recovery()) {
      case Reading.Denied<RecoverySettings> denied when sleepsForItsDelay(found) -> new Right();
      case Reading.Denied<RecoverySettings>(var reason) ->
          new Unclear(new Reason.Hidden(Reason.Hidden.What.RECOVERY_SETTINGS, reason));
      case Reading.Seen<RecoverySettings>(var settings)
          when settings.archive() == RecoverySettings.Archive.RESTORES ->
          sleepsForItsDelay(found) ? new Right() : fromArchive(found, settings, why, cluster);
      case Reading.Seen<RecoverySettings>(var settings)
          when settings.applyDelay().isPositive() && !triesInVain(found) ->
          isObstacle(why, found)
              ? new Wrong(why)
              : sleepsForItsDelay(found)
                  ? new Right()
                  : new Unclear(new Reason.MayDelay(settings.applyDelay()));
      case Reading.Seen<RecoverySettings> seen -> new Wrong(why);
    };
  }

  /**
   * A standby may seem to be ahead of a primary that writes and was polled a moment before. What it
   * had replayed one poll earlier proves it.
   */
  private static Detachment proven(Detachment why, LiveInstance found, ClusterContext cluster) {
    return why instanceof Detachment.AheadOfUpstream(var upstream, var own, var theirs)
            && before(found, cluster)
                .flatMap(Positions::replayed)
                .filter(then -> then.compareTo(theirs) > 0)
                .isEmpty()
        ? unexplained(upstream, found)
        : why;
  }

  private static Detachment unexplained(Endpoint upstream, LiveInstance found) {
    return found.facts().recovery() instanceof Reading.Seen<RecoverySettings>(var settings)
            && settings.configuredUpstream()
                instanceof Reading.Denied<Optional<HostPort>>(var hidden)
        ? new Detachment.Unknown(hidden)
        : new Detachment.Unexplained(upstream);
  }

  /**
   * Whether it will not stream after its delay either. What WAL it needs then, and which walsenders
   * are free, is not known before.
   */
  private static boolean isObstacle(Detachment why, LiveInstance found) {
    return switch (why) {
      case Detachment.UpstreamUnreachable(var upstream, var failure) ->
          failure == Failure.Kind.REFUSED;
      case Detachment.NotPolled(var upstream) -> isNoName(upstream.host(), found);
      case Detachment.NoUpstreamConfigured none -> true;
      case Detachment.OtherSystemIdentifier other -> true;
      case Detachment.OlderTimeline older -> true;
      case Detachment.AheadOfUpstream ahead -> false;
      case Detachment.SlotMissing missing -> true;
      case Detachment.SlotLost lost -> true;
      case Detachment.SlotBusy busy -> false;
      case Detachment.SlotHeld held -> false;
      case Detachment.WalRemoved removed -> false;
      case Detachment.NoFreeWalSender none -> false;
      case Detachment.ArchiveStalled stalled -> false;
      case Detachment.Silent silent -> false;
      case Detachment.Undelivered undelivered -> false;
      case Detachment.NoWalSender none -> false;
      case Detachment.StandsStill stalled -> false;
      case Detachment.Unexplained unexplained -> false;
      case Detachment.Unknown unknown -> false;
    };
  }

  /** A name may lead to a known server, and a loopback address through a tunnel. */
  private static boolean isNoName(String host, LiveInstance found) {
    return IpAddress.parse(host).isPresent()
        && (!IpAddress.isLoopback(host) || IpAddress.isLoopback(found.endpoint().host()));
  }

  private static ReceiverAbsence fromArchive(
      LiveInstance found, RecoverySettings settings, Detachment why, ClusterContext cluster) {
    if (why instanceof Detachment.WalRemoved && triesInVain(found)) {
      return new Wrong(why);
    }
    var unclear = new Unclear(new Reason.MayRestore());
    var replayed = Positions.replayed(found);
    if (replayed.isEmpty()) {
      return unclear;
    }
    var archived = Standstills.archivedFor(found, cluster.live()).map(WalFile::start);
    if (archived.filter(start -> start.compareTo(replayed.get()) > 0).isPresent()) {
      if (cluster.fleet().earlier().past().standstills().isLong(found)) {
        return new Wrong(new Detachment.ArchiveStalled(replayed.get(), archived.get()));
      }
      return isLogShipping(settings) && before(found, cluster).isPresent() ? new Right() : unclear;
    }
    if (isLogShipping(settings)) {
      return archived.isPresent()
              || hasMoved(found, replayed.get(), cluster)
              || hasAllSegments(found, replayed.get(), cluster.live())
          ? new Right()
          : unclear;
    }
    return archived.isPresent() && triesInVain(found) ? new Wrong(why) : unclear;
  }

  /** Whether it is configured to get WAL from an archive alone. */
  private static boolean isLogShipping(RecoverySettings settings) {
    return settings.configuredUpstream() instanceof Reading.Seen(var upstream)
        && upstream.isEmpty();
  }

  private static boolean hasMoved(LiveInstance found, Lsn replayed, ClusterContext cluster) {
    return before(found, cluster)
        .flatMap(Positions::replayed)
        .filter(before -> before.compareTo(replayed) < 0)
        .isPresent();
  }

  private static Optional<LiveInstance> before(LiveInstance found, ClusterContext cluster) {
    return cluster
        .fleet()
        .earlier()
        .topology()
        .flatMap(before -> before.at(found.endpoint()))
        .filter(before -> !before.isForeignTo(found));
  }

  /** Whether it has begun with the last segment that its primary has completed. */
  private static boolean hasAllSegments(LiveInstance found, Lsn replayed, Topology live) {
    return Standstills.primaryOf(found, live)
        .filter(
            primary ->
                primary.facts().state() instanceof ServerState.InProduction production
                    && primary
                        .facts()
                        .survey()
                        .ifSeen()
                        .flatMap(Survey::segmentBytes)
                        .filter(
                            bytes ->
                                Long.divideUnsigned(production.written().value(), bytes)
                                        - Long.divideUnsigned(replayed.value(), bytes)
                                    <= 1)
                        .isPresent())
        .isPresent();
  }

  /**
   * Whether replay sleeps until the delay of a commit is over, and does not even ask for more WAL
   * until then, by {@code wait_event} of the startup process, 13+.
   */
  private static boolean sleepsForItsDelay(LiveInstance found) {
    return startupWait(found).filter("RecoveryApplyDelay"::equals).isPresent();
  }

  /**
   * Whether it is between two attempts to get WAL: then neither a delay nor a start explains it.
   */
  private static boolean triesInVain(LiveInstance found) {
    return startupWait(found).filter("RecoveryRetrieveRetryInterval"::equals).isPresent();
  }

  private static Optional<String> startupWait(LiveInstance found) {
    return found.facts().state() instanceof ServerState.InRecovery recovery
        ? recovery.startupWait().ifSeen().flatMap(event -> event)
        : Optional.empty();
  }
}
