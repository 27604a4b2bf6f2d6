package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Labelled;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is wrong with what an HA manager believes, or does. */
public sealed interface ManagerDrift extends Drift {

  @Override
  default DriftKind kind() {
    return switch (this) {
      case ManagerDisagrees disagrees -> DriftKind.MANAGER_DISAGREES;
      case ManagerPaused paused -> DriftKind.MANAGER_PAUSED;
    };
  }

  /**
   * {@link DriftKind#MANAGER_DISAGREES}.
   *
   * @param server what it is
   * @param claims that contradict it
   */
  record ManagerDisagrees(
      Cluster cluster, Instance instance, Managers.Observed server, List<Claim> claims)
      implements ManagerDrift {

    /**
     * A wrong belief.
     *
     * @param source the node of the manager that reports it
     * @param origin what it is drawn from
     * @param role in the manager's words
     * @param live what that means; empty if it may mean neither
     * @param state in the manager's words
     * @param since when it was first read; it has not changed since
     * @param readAt when it was last read
     */
    public record Claim(
        Field field,
        String source,
        ClaimOrigin origin,
        String role,
        Optional<LiveRole> live,
        String state,
        Instant since,
        Instant readAt) {}

    /** What is believed wrongly. Its label is an API value. */
    public enum Field implements Labelled {
      ROLE,
      STATE
    }

    /** Where a manager has a belief from. */
    public enum ClaimOrigin {
      /** It runs the server. */
      OWN_SERVER,
      /** All managers share it. */
      CONFIGURATION_STORE
    }

    public ManagerDisagrees {
      claims = List.copyOf(claims);
    }

    @Override
    public Subject subject() {
      return Subject.of(instance);
    }

    /** Only a manager that answers can have learned better, and only about what is seen. */
    @Override
    public boolean isRepaired(Topology now, OtherSources others) {
      return others.managers().isEmpty()
          || (Managers.being(now, instance.endpoint()).isPresent()
              && cluster.instances().stream()
                  .flatMap(it -> others.managers().of(cluster, it).stream())
                  .filter(
                      it ->
                          claims.stream()
                              .anyMatch(claim -> claim.source().equals(it.last().address().host())))
                  .anyMatch(it -> it.now().isPresent()));
    }
  }

  /**
   * {@link DriftKind#MANAGER_PAUSED}.
   *
   * @param since when it was first read
   * @param by the managers that report it
   * @param lasted until the last report
   * @param allowed by the policy
   */
  record ManagerPaused(
      Cluster cluster,
      HaManager manager,
      Instant since,
      List<Endpoint> by,
      Duration lasted,
      Duration allowed)
      implements ManagerDrift {
    public ManagerPaused {
      by = List.copyOf(by);
    }

    @Override
    public Subject subject() {
      return Subject.of(cluster);
    }

    /** While none answers it is unknown whether they were resumed. */
    @Override
    public boolean isRepaired(Topology now, OtherSources others) {
      return others.managers().isEmpty()
          || cluster.instances().stream()
              .flatMap(it -> others.managers().of(cluster, it).stream())
              .anyMatch(it -> it.now().isPresent());
    }
  }
}
