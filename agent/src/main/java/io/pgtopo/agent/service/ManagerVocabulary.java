package io.pgtopo.agent.service;

import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.topology.LiveRole;
import java.util.Optional;
import java.util.Set;

/**
 * What the words of an HA manager mean for a server, as far as they mean one thing only.
 *
 * @param settled states in which the role is that of now; empty if all are
 */
public record ManagerVocabulary(
    Set<String> primaries,
    Set<String> replicas,
    Set<String> up,
    Set<String> down,
    Set<String> settled) {
  /** {@code patroni/api.py} and {@code patroni/postgresql/__init__.py}. */
  private static final ManagerVocabulary OF_PATRONI =
      new ManagerVocabulary(
          Set.of("leader", "master", "primary"),
          Set.of("replica", "sync_standby", "quorum_standby", "standby_leader"),
          Set.of("running", "streaming", "in archive recovery"),
          Set.of("stopped", "crashed", "start failed"),
          Set.of());

  /**
   * Columns type and active of {@code repmgr.nodes}. An active record does not say that the server
   * is running, and one that is not has a past role.
   */
  private static final ManagerVocabulary OF_REPMGR =
      new ManagerVocabulary(
          Set.of("primary"), Set.of("standby"), Set.of(), Set.of("inactive"), Set.of("active"));

  /**
   * {@code pgautofailover.replication_state}, without the states in which a server is on its way to
   * another role.
   */
  private static final ManagerVocabulary OF_PG_AUTO_FAILOVER =
      new ManagerVocabulary(
          Set.of("single", "primary", "wait_primary", "join_primary", "apply_settings"),
          Set.of("secondary", "catchingup"),
          Set.of("running"),
          Set.of("stopped"),
          Set.of("running", "stopped", "unhealthy"));

  private static final ManagerVocabulary NONE =
      new ManagerVocabulary(Set.of(), Set.of(), Set.of(), Set.of(), Set.of());

  public ManagerVocabulary {
    primaries = Set.copyOf(primaries);
    replicas = Set.copyOf(replicas);
    up = Set.copyOf(up);
    down = Set.copyOf(down);
    settled = Set.copyOf(settled);
  }

  /** That of a manager. */
  public static ManagerVocabulary of(HaManager manager) {
    return switch (manager) {
      case PATRONI -> OF_PATRONI;
      case REPMGR -> OF_REPMGR;
      case PG_AUTO_FAILOVER -> OF_PG_AUTO_FAILOVER;
      case CLOUDNATIVEPG -> NONE;
    };
  }

  /** Primary or replica; empty for words that may mean neither. */
  public Optional<LiveRole> role(ManagedServer server) {
    if (!settled.isEmpty() && !settled.contains(server.state())) {
      return Optional.empty();
    }
    return primaries.contains(server.role())
        ? Optional.of(LiveRole.PRIMARY)
        : Optional.of(LiveRole.REPLICA).filter(unused -> replicas.contains(server.role()));
  }

  /** Whether it says that the server is running. */
  public boolean isUp(ManagedServer server) {
    return up.contains(server.state());
  }

  /** Whether it says that the server is not running. */
  public boolean isDown(ManagedServer server) {
    return down.contains(server.state());
  }
}
