package io.pgtopo.agent.advice;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.LowParameter;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.Standstill;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.topology.Detachment;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Liveness;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Advises about the drifts of which the right action depends on the rest of the cluster. It never
 * advises to start or promote a server while another one leads or may lead.
 */
public final class Adviser {
  private final Map<String, Situation> situations = new HashMap<>();
  private final Topology live;
  private final Managers managers;
  private final Set<Subject> foreign;

  /**
   * Of all declared clusters at one moment.
   *
   * @param open what is told by then: which servers hold other data is known while the others are
   *     silent, too
   */
  public Adviser(
      Inventory declared, Topology live, Managers managers, Collection<TrackedDrift> open) {
    this.live = live;
    this.managers = managers;
    this.foreign =
        open.stream()
            .filter(it -> it.drift().kind() == DriftKind.FOREIGN_SYSTEM_ID)
            .filter(it -> it.presence() != TrackedDrift.Presence.MISSED)
            .map(it -> it.drift().subject())
            .collect(Collectors.toSet());
    var situation = Situation.of(declared, live);
    declared.clusters().forEach(it -> situations.put(it.name(), situation.apply(it)));
  }

  /** What to do about an open drift; empty if its kind alone decides, or nothing is known. */
  public Optional<Advice> of(TrackedDrift open) {
    return of(open.drift())
        .map(
            advice ->
                open.presence() == TrackedDrift.Presence.MISSED
                        || (advice.changesServers() && !isConfirmed(open))
                    ? new Advice.Wait(open.drift().kind())
                    : advice);
  }

  private static boolean isConfirmed(TrackedDrift open) {
    var isSeenTwice =
        open.drift() instanceof ClusterDrift.MultiplePrimaries multiple
            && multiple.moments() == ClusterDrift.MultiplePrimaries.Moments.AT_ONCE;
    return open.presence() == TrackedDrift.Presence.SEEN
        && (isSeenTwice || open.state() == TrackedDrift.State.FIRING);
  }

  private Optional<Advice> of(Drift drift) {
    return Optional.ofNullable(situations.get(drift.subject().cluster()))
        .flatMap(situation -> of(drift, situation));
  }

  private Optional<Advice> of(Drift drift, Situation situation) {
    return switch (drift) {
      case MemberDrift.InstanceUnreachable it -> Optional.of(unreachable(it, situation));
      case MemberDrift.RoleMismatch it when isInDoubt(situation) -> split(situation);
      case ClusterDrift.RoleSwapped it when isInDoubt(situation) -> split(situation);
      case ReplicationDrift.ReplicaDetached it when isInDoubt(situation) -> split(situation);
      case ReplicationDrift.UpstreamMismatch it when isInDoubt(situation) -> split(situation);
      case MemberDrift.RoleMismatch it -> role(it, situation);
      case ClusterDrift.RoleSwapped it -> swapped(it, situation);
      case ClusterDrift.NoStandby it when situation.isLeaderPassed() ->
          Optional.of(new Advice.SettleFirst(situation.cluster(), DriftKind.DIVERGED));
      case ClusterDrift.NoPrimary it -> Optional.of(noPrimary(situation));
      case ClusterDrift.MultiplePrimaries it -> Optional.of(primaries(it, situation));
      case ReplicationDrift.ReplicaDetached it -> detached(it, situation);
      case ReplicationDrift.UpstreamMismatch it ->
          upstream(it).or(() -> ByManager.of(it, situation));
      case ReplicationDrift.ReplayPaused(var instance, var server, Standstill.Paused paused)
          when isBelowLeader(server, situation) ->
          Optional.of(new Advice.SettleFirst(situation.cluster(), DriftKind.PARAMETERS_TOO_LOW));
      case ReplicationDrift.ReplayPaused(var instance, var server, Standstill.Paused(var target))
          when situation.cluster().instances().size() > 1 ->
          target.map(setting -> new Advice.KeepPaused(instance, setting));
      default -> ByManager.of(drift, situation);
    };
  }

  /** It paused itself for that, and shuts down where replay goes on. */
  private static boolean isBelowLeader(LiveInstance server, Situation situation) {
    return situation
        .leader()
        .filter(leader -> !LowParameter.of(server, leader).isEmpty())
        .isPresent();
  }

  /** Whether it is not certain that the one that accepts writes has the data of the cluster. */
  private boolean isInDoubt(Situation situation) {
    return situation.isSplit() || isLeaderForeign(situation);
  }

  private boolean isLeaderForeign(Situation situation) {
    return situation
        .leader()
        .filter(
            leader ->
                situation.isOutnumbered(leader)
                    || situation.cluster().instances().stream()
                        .filter(it -> it.endpoint().equals(leader.endpoint()))
                        .map(Subject::of)
                        .anyMatch(foreign::contains))
        .isPresent();
  }

  private Optional<Advice> split(Situation situation) {
    return Optional.of(settlePrimaries(situation));
  }

  /** Two that are no copies of each other are no split brain: one is there by mistake. */
  private Advice settlePrimaries(Situation situation) {
    var primaries = situation.primaries();
    var first = primaries.getFirst();
    return new Advice.SettleFirst(
        situation.cluster(),
        isLeaderForeign(situation) || primaries.stream().anyMatch(first::isForeignTo)
            ? DriftKind.FOREIGN_SYSTEM_ID
            : DriftKind.MULTIPLE_PRIMARIES);
  }

  private Advice unreachable(MemberDrift.InstanceUnreachable silent, Situation situation) {
    var instance = silent.instance();
    var failure = silent.failure();
    if (failure.kind().isAnswer() || !mayBeStopped(failure.kind())) {
      return new Advice.FindOut(instance, failure.kind());
    }
    if (silent.reported().liveness() == Liveness.ALIVE) {
      return new Advice.RepairWay(instance, silent.reported().replicas());
    }
    var primaries = situation.primaries();
    if (primaries.size() > 1 || isLeaderForeign(situation)) {
      return settlePrimaries(situation);
    }
    if (primaries.size() == 1) {
      var mayHaveLed = instance.isWriter() || !silent.reported().replicas().isEmpty();
      return new Advice.StartAsStandby(
          instance, situation.leader(), mayHaveLed, situation.manager());
    }
    if (!situation.cluster().declaresWriter()) {
      return new Advice.StartAsStandby(instance, Optional.empty(), false, situation.manager());
    }
    if (situation.cluster().instances().size() == 1) {
      return new Advice.Start(instance, situation.manager());
    }
    return instance.isWriter() && situation.silent().size() == 1
        ? new Advice.RestoreOrReplace(
            instance,
            // As long as it may write, its replicas receive more.
            silent.reported().liveness() == Liveness.LOST
                ? situation.mostAdvanced()
                : Optional.empty(),
            situation.manager())
        : new Advice.FindPrimaryFirst(situation.cluster(), situation.silent(), situation.manager());
  }

  /** Whether the failure leaves it open whether a server runs there. */
  private static boolean mayBeStopped(Failure.Kind kind) {
    return switch (kind) {
      case REFUSED, NO_ROUTE, TIMEOUT, CONNECTION_LOST -> true;
      default -> false;
    };
  }

  private Optional<Advice> role(MemberDrift.RoleMismatch mismatch, Situation situation) {
    var instance = mismatch.instance();
    var role = mismatch.live().role();
    return situation
        .leader()
        .<Advice>map(
            leader ->
                situation.isOurs(leader)
                    ? new Advice.DeclareRole(instance, role, leader, situation.manager())
                    : new Advice.DeclarePrimary(situation.cluster(), List.of(leader)))
        .or(() -> declareUpstream(situation))
        .or(() -> Optional.of(new Advice.SettleFirst(situation.cluster(), DriftKind.NO_PRIMARY)));
  }

  /** In a standby cluster, which has no primary, the kind alone decides. */
  private Optional<Advice> swapped(ClusterDrift.RoleSwapped swap, Situation situation) {
    var demoted = swap.demoted().instance();
    return role(swap.promoted(), situation)
        .flatMap(
            advice ->
                switch (advice) {
                  case Advice.DeclareRole it when it.live() == LiveRole.PRIMARY ->
                      Optional.of(new Advice.ExchangeRoles(demoted, it.leader(), it.manager()));
                  case Advice.SettleFirst it -> Optional.of(it);
                  default -> Optional.empty();
                });
  }

  private static Optional<Advice> declareUpstream(Situation situation) {
    return situation
        .outerUpstream()
        .flatMap(
            link ->
                situation
                    .member(link.downstream())
                    .map(member -> new Advice.DeclareUpstream(member, link.upstream())));
  }

  private Advice noPrimary(Situation situation) {
    if (!situation.primaries().isEmpty()) {
      return new Advice.DeclarePrimary(situation.cluster(), situation.primaries());
    }
    return declareUpstream(situation)
        .orElseGet(
            () ->
                situation.silent().isEmpty()
                    ? promote(situation)
                    : new Advice.FindPrimaryFirst(
                        situation.cluster(), situation.silent(), situation.manager()));
  }

  /** Through Patroni, unless it reaches no configuration store from the server, or from any. */
  private Advice promote(Situation situation) {
    var cluster = situation.cluster();
    var candidate = situation.mostAdvanced();
    var without = managers.withoutStore(cluster);
    var isCutOff =
        without.stream()
            .map(Instance::endpoint)
            .anyMatch(it -> candidate.filter(most -> most.endpoint().equals(it)).isPresent());
    var isOther = situation.manager().filter(it -> it.product() != HaManager.PATRONI).isPresent();
    return !isOther && !without.isEmpty() && (isCutOff || !managers.isStoreRead(cluster))
        ? new Advice.RestoreStore(
            situation.manager().map(Advice.Manager::cluster).orElse(cluster.name()), without)
        : new Advice.Promote(cluster, candidate, situation.manager());
  }

  private static Advice primaries(ClusterDrift.MultiplePrimaries multiple, Situation situation) {
    var rivalries = multiple.rivalries();
    return new Advice.ChoosePrimary(
        situation.cluster(),
        multiple.primaries().stream()
            .map(
                primary ->
                    new Advice.Side(
                        primary,
                        rivalries.stream().filter(it -> it.rival().equals(primary)).findFirst(),
                        situation.standbysOf(primary)))
            .toList(),
        situation.manager());
  }

  private Optional<Advice> detached(
      ReplicationDrift.ReplicaDetached detached, Situation situation) {
    var primaries = situation.primaries();
    var configured = configured(detached.why());
    if (primaries.isEmpty()
        || detached.why() instanceof Detachment.Unknown
        || detached.why() instanceof Detachment.ArchiveStalled
        || configured.filter(this::leads).isPresent()) {
      return Optional.empty();
    }
    var leader = primaries.getFirst();
    return situation.isOurs(leader) && leader.isCopyOf(detached.live())
        ? Optional.of(
            new Advice.FollowLeader(
                detached.instance(),
                leader,
                Situation.bytesBeyond(detached.live(), leader),
                situation.manager()))
        : Optional.empty();
  }

  /** Whether a server gets its WAL from a primary, or is one. */
  private boolean leads(Endpoint endpoint) {
    return live.at(live.serverAt(endpoint))
        .filter(
            found ->
                found.role() == LiveRole.PRIMARY
                    || found.upstream() instanceof LiveUpstream.Follows)
        .isPresent();
  }

  private static Optional<Endpoint> configured(Detachment why) {
    return switch (why) {
      case Detachment.UpstreamUnreachable it -> Optional.of(it.upstream());
      case Detachment.OtherSystemIdentifier it -> Optional.of(it.upstream());
      case Detachment.OlderTimeline it -> Optional.of(it.upstream());
      case Detachment.AheadOfUpstream it -> Optional.of(it.upstream());
      case Detachment.SlotMissing it -> Optional.of(it.upstream());
      case Detachment.SlotLost it -> Optional.of(it.upstream());
      case Detachment.WalRemoved it -> Optional.of(it.upstream());
      case Detachment.NoFreeWalSender it -> Optional.of(it.upstream());
      case Detachment.SlotBusy it -> Optional.of(it.upstream());
      case Detachment.SlotHeld it -> Optional.of(it.upstream());
      case Detachment.Unexplained it -> Optional.of(it.upstream());
      case Detachment.NoWalSender it -> Optional.of(it.upstream());
      case Detachment.Silent it -> it.upstream().ifKnown();
      case Detachment.Undelivered it -> it.upstream().ifKnown();
      case Detachment.StandsStill it -> it.link().upstream().ifKnown();
      case Detachment.NotPolled it -> Optional.empty();
      case Detachment.NoUpstreamConfigured it -> Optional.empty();
      case Detachment.ArchiveStalled it -> Optional.empty();
      case Detachment.Unknown it -> Optional.empty();
    };
  }

  private Optional<Advice> upstream(ReplicationDrift.UpstreamMismatch mismatch) {
    return mismatch.live() instanceof LiveUpstream.Follows(var actual)
            && !leads(mismatch.expected())
        ? Optional.of(new Advice.KeepUpstream(mismatch.instance(), actual, mismatch.expected()))
        : Optional.empty();
  }
}
