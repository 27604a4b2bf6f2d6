package io.pgtopo.agent.advice;

import io.pgtopo.agent.drift.CompetingPrimary;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One piece of advice. Its type says what whoever follows it does to the servers. */
public sealed interface Advice {

  /** Whether following it starts, promotes or redirects a server, which needs a confirmed drift. */
  default boolean changesServers() {
    return switch (this) {
      case Start it -> true;
      case Promote it -> true;
      case RestoreStore it -> false;
      case RestoreOrReplace it -> true;
      case FollowLeader it -> true;
      case ChoosePrimary it -> true;
      case StartAsStandby it -> true;
      case Renew it -> true;
      case FindOut it -> false;
      case RepairWay it -> false;
      case FindPrimaryFirst it -> false;
      case DeclareUpstream it -> false;
      case DeclareRole it -> false;
      case ExchangeRoles it -> false;
      case KeepUpstream it -> false;
      case KeepPaused it -> false;
      case Wait it -> false;
      case DeclarePrimary it -> false;
      case SettleFirst it -> false;
      case Configure it -> false;
    };
  }

  /**
   * What starts, promotes and redirects the servers of a cluster, as its members show it.
   *
   * @param cluster as the manager calls it: {@code cluster_name}
   */
  record Manager(HaManager product, String cluster) {
    private static final Set<String> OF_REPLICATION =
        Set.of("synchronous_standby_names", "primary_conninfo", "primary_slot_name");

    /** Whether it writes a setting itself, so that a change by hand does not last. */
    boolean keeps(String setting) {
      return switch (product) {
        case PATRONI, CLOUDNATIVEPG -> true;
        case PG_AUTO_FAILOVER -> OF_REPLICATION.contains(setting);
        case REPMGR -> setting.equals("primary_conninfo");
      };
    }
  }

  /** The server answers, or is known to run: look into why it refuses. Nothing is started. */
  record FindOut(Instance instance, Failure.Kind failure) implements Advice {}

  /** Its replicas hear from it: the way from the agent to it is broken. Nothing is started. */
  record RepairWay(Instance instance, List<Endpoint> heardBy) implements Advice {}

  /** Nobody else can be primary: start it. */
  record Start(Instance instance, Optional<Manager> manager) implements Advice {}

  /**
   * Another server leads, or the cluster follows another one: it may come back only as a standby.
   *
   * @param leader empty if the cluster has no primary of its own
   * @param mayHaveLed whether it may be a former primary with WAL of its own
   */
  record StartAsStandby(
      Instance instance,
      Optional<LiveInstance> leader,
      boolean mayHaveLed,
      Optional<Manager> manager)
      implements Advice {}

  /** No primary is seen, and a silent one may be it. A replica is not started before it is. */
  record FindPrimaryFirst(Cluster cluster, List<Instance> silent, Optional<Manager> manager)
      implements Advice {}

  /**
   * The silent server may be the primary: bring it back, or fence it and promote another. Never
   * both.
   *
   * @param candidate the one to promote in that case; empty if the positions do not decide
   */
  record RestoreOrReplace(
      Instance instance, Optional<LiveInstance> candidate, Optional<Manager> manager)
      implements Advice {}

  /**
   * Every member answers and none leads: promote one.
   *
   * @param candidate has the most WAL; empty if what the members report does not show which it is
   */
  record Promote(Cluster cluster, Optional<LiveInstance> candidate, Optional<Manager> manager)
      implements Advice {}

  /**
   * Nothing can be promoted through Patroni, since it does not reach its configuration store: bring
   * that back, and promote nothing by hand.
   *
   * @param scope the cluster as Patroni calls it
   * @param without the members whose Patroni says so
   */
  record RestoreStore(String scope, List<Instance> without) implements Advice {
    public RestoreStore {
      without = List.copyOf(without);
    }
  }

  /** The cluster follows another one: declare that, and promote nothing. */
  record DeclareUpstream(Instance leader, Peer upstream) implements Advice {}

  /** No member leads, and a server that is not one does: promote nothing. */
  record DeclarePrimary(Cluster cluster, List<LiveInstance> primaries) implements Advice {
    public DeclarePrimary {
      primaries = List.copyOf(primaries);
    }
  }

  /** Declare the role that it has; or change the roles by a switchover. */
  record DeclareRole(
      Instance instance, LiveRole live, LiveInstance leader, Optional<Manager> manager)
      implements Advice {}

  /** Declare the roles that a switchover exchanged; or switch back. */
  record ExchangeRoles(Instance demoted, LiveInstance leader, Optional<Manager> manager)
      implements Advice {}

  /** Declare the upstream that it has: the declared one does not lead any more. */
  record KeepUpstream(Instance instance, Peer upstream, Endpoint declared) implements Advice {}

  /**
   * Do not let it go on with replay: recovery ends at a target, and with it the server is a
   * primary.
   *
   * @param target the setting, as {@code recovery_target_name}
   */
  record KeepPaused(Instance instance, String target) implements Advice {}

  /**
   * Let it follow the server that leads now.
   *
   * @param bytesBeyond of WAL that it has and the leader has not: with any it cannot follow without
   *     a rewind; empty if that is not known
   */
  record FollowLeader(
      Instance instance, LiveInstance leader, Optional<Long> bytesBeyond, Optional<Manager> manager)
      implements Advice {}

  /**
   * Change settings where the manager keeps them.
   *
   * @param kind the drift that this ends
   * @param settings as PostgreSQL calls them
   */
  record Configure(Subject subject, DriftKind kind, List<String> settings, Manager manager)
      implements Advice {
    public Configure {
      settings = List.copyOf(settings);
    }
  }

  /**
   * Its WAL or data are others than its leader's: replace them as the manager does, after a copy
   * was taken.
   *
   * @param kind the drift that this ends
   */
  record Renew(Instance instance, DriftKind kind, LiveInstance leader, Manager manager)
      implements Advice {}

  /** Seen once so far: the next poll may show that it was a switchover. */
  record Wait(DriftKind kind) implements Advice {}

  /** Another drift of the cluster comes first; until then change nothing. */
  record SettleFirst(Cluster cluster, DriftKind first) implements Advice {}

  /** Several servers accept writes: the evidence that decides which of them stays. */
  record ChoosePrimary(Cluster cluster, List<Side> sides, Optional<Manager> manager)
      implements Advice {
    public ChoosePrimary {
      sides = List.copyOf(sides);
    }

    /** What distinguishes one of them from all others. */
    public List<Keeping> reasons() {
      return Keeping.among(sides);
    }

    /** The one that all of this is in favour of; empty if it does not agree, or is not enough. */
    public Optional<LiveInstance> favoured() {
      return Keeping.favoured(reasons());
    }
  }

  /**
   * One of several primaries.
   *
   * @param rivalry what it is to the newest; empty for the newest
   * @param standbys that stream from it
   */
  record Side(LiveInstance primary, Optional<CompetingPrimary> rivalry, List<Endpoint> standbys) {
    public Side {
      standbys = List.copyOf(standbys);
    }

    /**
     * How much WAL it has that no other has, in bytes; empty if the answers do not show it.
     *
     * @param all the sides, this one among them
     */
    public Optional<Long> bytesAlone(List<Side> all) {
      return rivalry
          .map(
              it ->
                  switch (it.relation()) {
                    case DIVERGED, ZOMBIE -> Optional.of(it.bytesBeyond());
                    case TWIN, UNDETERMINED -> Optional.<Long>empty();
                  })
          .orElseGet(() -> sincePromotion(all));
    }

    /**
     * After a promotion nobody has its WAL but its standbys; a twin has written the same timeline.
     */
    private Optional<Long> sincePromotion(List<Side> all) {
      var hasTwin =
          all.stream()
              .flatMap(side -> side.rivalry.stream())
              .anyMatch(it -> it.relation() == CompetingPrimary.Relation.TWIN);
      return !hasTwin && primary.facts().state() instanceof ServerState.InProduction production
          ? production.promotedAt().map(began -> production.written().bytesAfter(began))
          : Optional.empty();
    }
  }
}
