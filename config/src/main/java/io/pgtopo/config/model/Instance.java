package io.pgtopo.config.model;

import java.time.Duration;
import java.util.Optional;

/**
 * One declared PostgreSQL server.
 *
 * @param seq number within the cluster, 0 or greater ({@code pg_seq})
 * @param role empty for a remote instance
 * @param delay declared {@code recovery_min_apply_delay}; zero for none
 * @param alias its own name where that is not {@link #name}, such as Patroni's {@code name};
 *     servers call it so in {@code application_name}
 */
public record Instance(
    String cluster,
    int seq,
    Optional<InstanceRole> role,
    Endpoint endpoint,
    DeclaredUpstream upstream,
    Duration delay,
    Traffic traffic,
    Optional<String> alias) {

  /** One without an alias. */
  public Instance(
      String cluster,
      int seq,
      Optional<InstanceRole> role,
      Endpoint endpoint,
      DeclaredUpstream upstream,
      Duration delay,
      Traffic traffic) {
    this(cluster, seq, role, endpoint, upstream, delay, traffic, Optional.empty());
  }

  /** How load balancers treat an instance: {@code pg_weight} 0..255, {@code pg_offline_query}. */
  public record Traffic(int weight, boolean offlineQuery) {
    public static final Traffic DEFAULT = new Traffic(100, false);
  }

  public Instance {
    if (seq < 0) {
      throw new IllegalArgumentException("seq of an instance of " + cluster + " is " + seq);
    }
  }

  /** {@code <cluster>-<seq>}: Pigsty's instance name, the label {@code ins}. */
  public String name() {
    return cluster + "-" + seq;
  }

  /** Whether it is declared as the leader of a standby cluster. */
  public boolean isStandbyLeader() {
    return role.equals(Optional.of(InstanceRole.PRIMARY))
        && upstream instanceof DeclaredUpstream.Outside;
  }

  /** Whether it is declared to accept writes. */
  public boolean isWriter() {
    return role.equals(Optional.of(InstanceRole.PRIMARY)) && !isStandbyLeader();
  }

  /** Whether Pigsty only monitors it: it has no declared role. */
  public boolean isRemote() {
    return role.isEmpty();
  }
}
