package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.ClockOffset;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.NameReport;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.ServerVersion;
import io.pgtopo.agent.observation.SynchronousStandbys;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Silence;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.VirtualAddress;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.IgnoreRule;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is wrong with a cluster as a whole. */
public sealed interface ClusterDrift extends Drift {
  /** The cluster. */
  Cluster cluster();

  @Override
  default DriftKind kind() {
    return switch (this) {
      case MultiplePrimaries multiple -> DriftKind.MULTIPLE_PRIMARIES;
      case NoPrimary none -> DriftKind.NO_PRIMARY;
      case NoStandby none -> DriftKind.NO_STANDBY;
      case RoleSwapped swapped -> DriftKind.ROLE_SWAPPED;
      case AgentIsolated isolated -> DriftKind.AGENT_ISOLATED;
      case CommitsBlocked blocked -> DriftKind.COMMITS_BLOCKED;
      case SyncStandbyMissing missing -> DriftKind.SYNC_STANDBY_MISSING;
      case VipMisplaced misplaced -> DriftKind.VIP_MISPLACED;
      case NameMisplaced misplaced -> DriftKind.VIP_MISPLACED;
      case VersionMix mix -> DriftKind.VERSION_MIX;
      case ClockSkew skew -> DriftKind.CLOCK_SKEW;
      case IgnoreRuleExpired expired -> DriftKind.IGNORE_RULE_EXPIRED;
    };
  }

  @Override
  default Subject subject() {
    return Subject.of(cluster());
  }

  /**
   * {@link DriftKind#MULTIPLE_PRIMARIES}.
   *
   * @param moments whether they were seen at the same time
   */
  record MultiplePrimaries(Cluster cluster, List<LiveInstance> primaries, Moments moments)
      implements ClusterDrift {

    /** What the moments at which servers were polled prove. */
    public enum Moments {
      /** Each was polled once, at a moment of its own. */
      APART,
      /** Each was in production before all were polled again, and has not restarted since. */
      AT_ONCE
    }

    public MultiplePrimaries {
      primaries = List.copyOf(primaries);
    }

    @Override
    public List<Endpoint> sources() {
      return primaries.stream().map(LiveInstance::endpoint).toList();
    }

    /** What each of them is to the newest one. */
    public List<CompetingPrimary> rivalries() {
      return CompetingPrimary.among(primaries);
    }

    /** The worst relation of any of them. */
    public CompetingPrimary.Relation relation() {
      return rivalries().stream()
          .map(CompetingPrimary::relation)
          .max(Comparator.naturalOrder())
          .orElse(CompetingPrimary.Relation.UNDETERMINED);
    }
  }

  /**
   * {@link DriftKind#NO_PRIMARY}: every one of these replicas answered.
   *
   * @param replaying those without a walreceiver that have replayed more since the poll before: one
   *     that is being promoted first replays all that it has
   */
  record NoPrimary(Cluster cluster, List<LiveInstance> replicas, List<LiveInstance> replaying)
      implements ClusterDrift {
    public NoPrimary {
      replicas = List.copyOf(replicas);
      replaying = List.copyOf(replaying);
    }

    /** Where all members answer and none is being promoted, none will be by itself. */
    @Override
    public boolean isLikeASwitchover() {
      return !replaying.isEmpty();
    }
  }

  /**
   * {@link DriftKind#NO_STANDBY}.
   *
   * @param replicas how many are declared, or should be replicas now
   * @param losses why none of them gets WAL, in their order
   */
  record NoStandby(Cluster cluster, LiveInstance primary, int replicas, List<Drift> losses)
      implements ClusterDrift {
    public NoStandby {
      losses = List.copyOf(losses);
    }

    @Override
    public List<Endpoint> sources() {
      return List.of(primary.endpoint());
    }
  }

  /**
   * {@link DriftKind#ROLE_SWAPPED}.
   *
   * @param demoted the declared primary
   * @param promoted the primary instead
   * @param routings the declared services that it affects
   */
  record RoleSwapped(
      Cluster cluster,
      MemberDrift.RoleMismatch demoted,
      MemberDrift.RoleMismatch promoted,
      List<Routing> routings)
      implements ClusterDrift {
    /** Roles that should never be primary. */
    private static final Set<InstanceRole> UNFIT =
        EnumSet.of(InstanceRole.OFFLINE, InstanceRole.DELAYED);

    public RoleSwapped {
      routings = List.copyOf(routings);
    }

    /** A warning if a service leads to the wrong role, or the new primary should never be one. */
    @Override
    public Severity severity() {
      var isMisrouted =
          routings.stream().map(Routing::effect).anyMatch(Routing.Effect::isMisrouted);
      return isMisrouted || isUnfit(promoted.instance()) ? Severity.WARNING : Severity.INFO;
    }

    private static boolean isUnfit(Instance primary) {
      return primary.role().filter(UNFIT::contains).isPresent() || primary.delay().isPositive();
    }
  }

  /**
   * {@link DriftKind#AGENT_ISOLATED}: whether the silent members run is unknown.
   *
   * @param silent how many nodes of all clusters the network does not lead to
   * @param nodes how many there are
   */
  record AgentIsolated(Cluster cluster, int silent, int nodes) implements ClusterDrift {}

  /** {@link DriftKind#COMMITS_BLOCKED}: unless the standby comes back none of these waits ends. */
  record CommitsBlocked(Cluster cluster, MissingStandbys standbys, ServerState.SyncWaits waits)
      implements ClusterDrift {}

  /** {@link DriftKind#SYNC_STANDBY_MISSING}. */
  record SyncStandbyMissing(
      Cluster cluster, MissingStandbys standbys, Reading<ServerState.SyncWaits> waits)
      implements ClusterDrift {}

  /**
   * Fewer synchronous standbys than a primary needs.
   *
   * @param streaming how many stream and confirm what they receive
   * @param idle that report to stream, and confirm nothing
   */
  record MissingStandbys(
      LiveInstance primary, SynchronousStandbys needed, int streaming, List<IdleStandby> idle) {
    public MissingStandbys {
      idle = List.copyOf(idle);
    }
  }

  /**
   * A synchronous standby that has confirmed nothing for a while, though its walsender streams.
   *
   * @param confirmed up to where it has flushed WAL, as the walsender knows
   * @param silence of its link, if it is proved; otherwise a commit waits and its position stands
   * @param replay why it replays nothing, if it reports that
   */
  record IdleStandby(
      String name,
      Optional<Lsn> confirmed,
      Optional<Silence> silence,
      Optional<Standstill> replay) {}

  /**
   * {@link DriftKind#VIP_MISPLACED}.
   *
   * @param primary empty if the VIP may lead to any member
   * @param found what answered there
   * @param member the member that it is, if it is one
   */
  record VipMisplaced(
      Cluster cluster,
      Endpoint vip,
      Optional<LiveInstance> primary,
      VirtualAddress found,
      Optional<LiveInstance> member)
      implements ClusterDrift {}

  /**
   * {@link DriftKind#VIP_MISPLACED}, of the DNS name of a cluster without a VIP.
   *
   * @param report where it leads
   * @param reached the members at these addresses: none of them is the primary
   */
  record NameMisplaced(
      Cluster cluster, NameReport report, LiveInstance primary, List<LiveInstance> reached)
      implements ClusterDrift {
    public NameMisplaced {
      reached = List.copyOf(reached);
    }

    /** A name that is not found shows nothing, nor does one while no primary is seen. */
    @Override
    public boolean isRepaired(Topology now, OtherSources others) {
      var addresses = others.names().of(report.name()).map(NameReport::addresses).orElse(List.of());
      return others.names().byName().isEmpty()
          || (!addresses.isEmpty() && !addresses.equals(report.addresses()))
          || (!addresses.isEmpty() && reached.stream().anyMatch(it -> isPrimary(it, now)));
    }

    private static boolean isPrimary(LiveInstance member, Topology now) {
      return now.at(member.endpoint()).filter(it -> it.role() == LiveRole.PRIMARY).isPresent();
    }
  }

  /**
   * {@link DriftKind#VERSION_MIX}.
   *
   * @param instances the names of those that run each version
   */
  record VersionMix(Cluster cluster, SortedMap<ServerVersion, List<String>> instances)
      implements ClusterDrift {
    public VersionMix {
      instances = Collections.unmodifiableSortedMap(new TreeMap<>(instances));
    }
  }

  /** {@link DriftKind#CLOCK_SKEW}: the two clocks that differ most. */
  record ClockSkew(Cluster cluster, LiveInstance ahead, LiveInstance behind)
      implements ClusterDrift {
    /** As much as may be. */
    public static final Duration ALLOWED = Duration.ofSeconds(2);

    /** How far the one is ahead of the other. */
    public ClockOffset difference() {
      return ahead.clock().minus(behind.clock());
    }

    @Override
    public List<Endpoint> sources() {
      return List.of(ahead.endpoint(), behind.endpoint());
    }

    /** A slow poll that leaves open whether they differ still shows nothing. */
    @Override
    public boolean isRepaired(Topology now, OtherSources others) {
      var fast = now.at(ahead.endpoint());
      var slow = now.at(behind.endpoint());
      return fast.isEmpty()
          || slow.isEmpty()
          || fast.get().clock().minus(slow.get().clock()).most().compareTo(ALLOWED) <= 0;
    }
  }

  /** {@link DriftKind#IGNORE_RULE_EXPIRED}: this is the first of the clusters of these rules. */
  record IgnoreRuleExpired(Cluster cluster, List<IgnoreRule> rules) implements ClusterDrift {
    public IgnoreRuleExpired {
      rules = List.copyOf(rules);
    }
  }
}
