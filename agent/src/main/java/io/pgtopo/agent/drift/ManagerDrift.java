package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.service.ObservedServer;
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
   * @param opposed what other tables of the same manager have of its role, rightly
   */
  record ManagerDisagrees(
      Cluster cluster,
      Instance instance,
      ObservedServer server,
      List<Claim> claims,
      List<Claim> opposed)
      implements ManagerDrift {

    /**
     * A belief about one thing.
     *
     * @param said in the manager's words
     * @param live what the role means; empty if it may mean neither
     * @param since when it was first read; it has not changed since
     * @param readAt when it was last read
     */
    public record Claim(
        Field field,
        ClaimSource source,
        ManagedServer said,
        Optional<LiveRole> live,
        Instant since,
        Instant readAt) {}

    /**
     * Who has a belief.
     *
     * @param at the node of the manager, or the server that has its table
     */
    public record ClaimSource(HaManager manager, ClaimOrigin origin, String at) {}

    /** What is believed. Its label is an API value. */
    public enum Field implements Labelled {
      ROLE,
      STATE,
      UPSTREAM,
      TIMELINE
    }

    /** Where a manager has a belief from. */
    public enum ClaimOrigin {
      /** It runs the server. */
      OWN_SERVER,
      /** All managers share it. */
      CONFIGURATION_STORE,
      /** Each server that is in production has its own. */
      TABLE
    }

    public ManagerDisagrees {
      claims = List.copyOf(claims);
      opposed = List.copyOf(opposed);
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
              && others.managers().opinions(cluster).stream()
                  .filter(
                      it -> claims.stream().anyMatch(claim -> claim.source().at().equals(it.at())))
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
